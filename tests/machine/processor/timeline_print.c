/* SPDX-License-Identifier: MIT */
/* The line "timeline: {...}" at the end of a run (timeline_data.h; docs/machine.md). */
#include "timeline_data.h"

static const char *const state_names[TIMELINE_STATES] = {
	"vmpl0", "vmpl1", "vmpl2", "vmpl3", "halted", "machine", "off"};
static const char *const phase_names[TIMELINE_PHASES] = {
	"launch", "paravisor", "firmware", "kernel", "user"};

static struct counters difference(const struct counters *a, const struct counters *b)
{
	struct counters result = *a;
	uint64_t *to = (uint64_t *)&result;

	static_assert(sizeof(result) % sizeof(*to) == 0, "all counters are of 64 bits");
	for (size_t i = 0; i < sizeof(result) / sizeof(*to); i++)
		to[i] -= ((const uint64_t *)b)[i];
	return result;
}

/* The counters and the time at which phase @p ended: where the next one begins. */
static const struct phase *end_of(int p, const struct phase *last)
{
	while (++p < TIMELINE_PHASES)
		if (timeline_phases[p].reached)
			return &timeline_phases[p];
	return last;
}

static void print_phases(const struct phase *last)
{
	const char *comma = "";

	for (int p = 0; p < TIMELINE_PHASES; p++) {
		const struct phase *end = end_of(p, last);
		struct counters all = difference(&end->before, &timeline_phases[p].before);

		if (!timeline_phases[p].reached)
			continue;
		log_print("%s{\"name\":\"%s\",\"vcpu\":%u,\"start\":%lu,\"end\":%lu,\"counters\":",
			comma, phase_names[p], timeline_phases[p].vcpu, timeline_phases[p].start,
			end->start);
		counters_print_json(&all);
		log_print("}");
		comma = ",";
	}
}

static const char *column_name(uint32_t column)
{
	if (column < COLUMN_EXITS)
		return state_names[column];
	if (column < COLUMN_CALLS)
		return count_kind_names[column - COLUMN_EXITS];
	return column == COLUMN_CALLS ? "svsm_calls" : "psc_pages";
}

static void print_column(const struct lane *l, uint32_t column, uint32_t buckets)
{
	log_print(",\"%s\":[", column_name(column));
	for (uint32_t i = 0; i < buckets; i++)
		log_print("%s%lu", i ? "," : "", l->buckets[i].column[column]);
	log_print("]");
}

static bool has_column(const struct lane *l, uint32_t column)
{
	for (uint32_t i = 0; i < LANE_BUCKETS; i++)
		if (l->buckets[i].column[column])
			return true;
	return false;
}

static void print_spent(const struct vcpu_times *t)
{
	const char *comma = "";

	for (int p = 0; p < TIMELINE_PHASES; p++) {
		if (!timeline_phases[p].reached)
			continue;
		log_print("%s{\"phase\":\"%s\"", comma, phase_names[p]);
		for (int s = 0; s < TIMELINE_STATES; s++)
			log_print(",\"%s\":%lu", state_names[s], t->spent[p][s]);
		log_print("}");
		comma = ",";
	}
}

static void print_vcpu(uint32_t index, uint32_t buckets)
{
	const struct vcpu_times *t = &timeline_vcpus[index];

	log_print("%s{\"vcpu\":%u,\"entered\":[%lu,%lu,%lu,%lu],\"spent\":[", index ? "," : "",
		index, t->entered[0], t->entered[1], t->entered[2], t->entered[3]);
	print_spent(t);
	log_print("],\"lane\":{\"buckets\":%u", buckets);
	for (uint32_t c = 0; c < LANE_COLUMNS; c++)
		if (has_column(&t->lane, c))
			print_column(&t->lane, c, buckets);
	log_print("}}");
}

void timeline_print_json(const struct phase *last, uint64_t ticks_per_second)
{
	uint32_t shift = timeline_vcpus[0].lane.shift;

	log_print("timeline: {\"ticks_per_second\":%lu,\"bucket\":%lu,\"length\":%lu,\"phases\":[",
		ticks_per_second, 1UL << shift, last->start);
	print_phases(last);
	log_print("],\"vcpus\":[");
	for (uint32_t i = 0; i < cpu_count; i++)
		print_vcpu(i, (uint32_t)(last->start >> shift) + 1);
	log_print("]}\n");
}
