/* SPDX-License-Identifier: MIT */
/* A run's lanes and phases, kept while it runs and printed at its end (timeline.h). */
#include "timeline.h"
#include "insn.h"
#include "lane.h"
#include "x86.h"

#define FIRST_SHIFT 16U

/* A lane's columns: the states, exits by kind, and these. */
#define COLUMN_EXITS ((uint32_t)TIMELINE_STATES)
#define COLUMN_CALLS (COLUMN_EXITS + (uint32_t)COUNT_KINDS)
#define COLUMN_PAGES (COLUMN_CALLS + 1)
static_assert(COLUMN_PAGES + 1 == LANE_COLUMNS, "columns of a lane");

/* PM timer, where QEMU's firmware has put it; it counts 24 bits. */
#define PORT_PM_TIMER 0x608
#define PM_TIMER_HZ 3579545ULL
#define PM_TIMER_MASK 0xffffffU
#define CALIBRATION_TICKS (PM_TIMER_HZ / 20)

/* Written by its own vCPU alone. Times count from the time line's zero. */
struct vcpu_times {
	struct lane lane;
	enum timeline_state state;
	uint64_t since;               /* when @state began */
	uint64_t entered[VMPL_COUNT]; /* for the first time; 0: never */
	uint64_t spent[TIMELINE_PHASES][TIMELINE_STATES];
};

struct phase {
	bool reached;
	uint32_t vcpu;
	uint64_t start;
	struct counters before;
};

static const char *const state_names[TIMELINE_STATES] = {
	"vmpl0", "vmpl1", "vmpl2", "vmpl3", "halted", "machine", "off"};
static const char *const phase_names[TIMELINE_PHASES] = {
	"launch", "paravisor", "firmware", "kernel", "user"};

static bool on;
static bool stopped; /* atomic: what is printed stays as it is */
static uint64_t zero, ticks_per_second;
static struct vcpu_times times[MACHINE_MAX_CPUS];
static struct phase phases[TIMELINE_PHASES];
static enum timeline_phase after_launch = TIMELINE_PARAVISOR;
static enum timeline_phase current; /* atomic */
static struct spinlock phase_lock;

static uint64_t now(void)
{
	return rdtsc() - zero;
}

static bool is_kept(void)
{
	return UNLIKELY(on) && !__atomic_load_n(&stopped, __ATOMIC_RELAXED);
}

/* QEMU's timer follows real time, or under icount the instructions, as the time stamp does. */
static uint64_t measure_frequency(void)
{
	uint32_t first = inl(PORT_PM_TIMER), ticks;
	uint64_t start = rdtsc();

	do
		ticks = (inl(PORT_PM_TIMER) - first) & PM_TIMER_MASK;
	while (ticks < CALIBRATION_TICKS);
	return (rdtsc() - start) * PM_TIMER_HZ / ticks;
}

void timeline_init(void)
{
	uint64_t size = ALIGN_UP(LANE_BUCKETS * sizeof(struct lane_bucket), PAGE_SIZE);

	on = option_is("timeline", "on");
	if (!on)
		return;
	for (uint32_t i = 0; i < cpu_count; i++) {
		times[i].lane = (struct lane){alloc_pages(size / PAGE_SIZE), FIRST_SHIFT};
		times[i].state = TIMELINE_OFF;
	}
	times[0].state = TIMELINE_MACHINE;
	ticks_per_second = measure_frequency();
	zero = rdtsc();
	phases[TIMELINE_LAUNCH].reached = true;
}

void timeline_without_paravisor(void)
{
	after_launch = TIMELINE_KERNEL;
}

/* --- Time and counts --- */

static void spend_in_phases(struct vcpu_times *t, uint64_t from, uint64_t to)
{
	for (int p = (int)__atomic_load_n(&current, __ATOMIC_ACQUIRE); p >= 0; p--) {
		uint64_t start = phases[p].start;

		if (!phases[p].reached || start >= to)
			continue;
		t->spent[p][t->state] += to - (from > start ? from : start);
		if (from >= start)
			return;
		to = start;
	}
}

static void close_interval(struct vcpu_times *t, uint64_t time)
{
	lane_spend(&t->lane, t->state, t->since, time);
	spend_in_phases(t, t->since, time);
	t->since = time;
}

void timeline_spend(struct vcpu *v, enum timeline_state state)
{
	struct vcpu_times *t = &times[v->index];

	if (!is_kept() || state == t->state)
		return;
	close_interval(t, now());
	t->state = state;
}

static void count(uint32_t vcpu, uint32_t column, uint64_t n)
{
	if (is_kept())
		lane_add(&times[vcpu].lane, now(), column, n);
}

void timeline_count_exit(const struct vcpu *v, enum exit_kind kind)
{
	count(v->index, COLUMN_EXITS + (uint32_t)kind, 1);
}

void timeline_count_call(const struct vcpu *v)
{
	count(v->index, COLUMN_CALLS, 1);
}

void timeline_count_pages(uint64_t pages)
{
	if (UNLIKELY(on))
		count(cpu_index(), COLUMN_PAGES, pages);
}

/* --- Phases --- */

/* Of vCPUs that see the border at once the first one sets it. */
static void begin_phase(const struct vcpu *v, enum timeline_phase from, enum timeline_phase to)
{
	spin_lock(&phase_lock);
	if (current == from) {
		phases[to] = (struct phase){true, v->index, now(), counters_now()};
		__atomic_store_n(&current, to, __ATOMIC_RELEASE);
	}
	spin_unlock(&phase_lock);
}

static void first_entry(const struct vcpu *v, const struct vmcb *b)
{
	times[v->index].entered[v->current] = now();
	if (current == TIMELINE_LAUNCH)
		begin_phase(v, TIMELINE_LAUNCH, after_launch);
	else if (current == TIMELINE_PARAVISOR && v->current)
		begin_phase(v, TIMELINE_PARAVISOR,
			b->cr0 & CR0_PE ? TIMELINE_KERNEL : TIMELINE_FIRMWARE);
}

void timeline_enter(struct vcpu *v)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;
	bool halts = !(b->intercept[3] & (uint32_t)INTERCEPT_HLT);

	if (!is_kept())
		return;
	if (!times[v->index].entered[v->current])
		first_entry(v, b);
	timeline_spend(v, halts ? TIMELINE_HALTED : (enum timeline_state)v->current);
}

/*
 * Firmware runs in the lower half of the address space, and so does a kernel's own
 * loader; in the upper half, where an exit is soon to come, it is the kernel itself.
 */
static bool is_kernel(const struct vcpu *v, const struct vmcb *b)
{
	return v->current && b->rip >> 63;
}

void timeline_exit(struct vcpu *v)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;

	if (!is_kept())
		return;
	timeline_spend(v, TIMELINE_MACHINE);
	if (current == TIMELINE_FIRMWARE && is_kernel(v, b))
		begin_phase(v, TIMELINE_FIRMWARE, TIMELINE_KERNEL);
	else if (current == TIMELINE_KERNEL && b->cpl == 3)
		begin_phase(v, TIMELINE_KERNEL, TIMELINE_USER);
}

/* --- The line of JSON --- */

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
		if (phases[p].reached)
			return &phases[p];
	return last;
}

static void print_phases(const struct phase *last)
{
	const char *comma = "";

	for (int p = 0; p < TIMELINE_PHASES; p++) {
		const struct phase *end = end_of(p, last);
		struct counters all = difference(&end->before, &phases[p].before);

		if (!phases[p].reached)
			continue;
		log_print("%s{\"name\":\"%s\",\"vcpu\":%u,\"start\":%lu,\"end\":%lu,\"counters\":",
			comma, phase_names[p], phases[p].vcpu, phases[p].start, end->start);
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
		if (!phases[p].reached)
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
	const struct vcpu_times *t = &times[index];

	log_print("%s{\"vcpu\":%u,\"entered\":[%lu,%lu,%lu,%lu],\"spent\":[", index ? "," : "",
		index, t->entered[0], t->entered[1], t->entered[2], t->entered[3]);
	print_spent(t);
	log_print("],\"lane\":{\"buckets\":%u", buckets);
	for (uint32_t c = 0; c < LANE_COLUMNS; c++)
		if (has_column(&t->lane, c))
			print_column(&t->lane, c, buckets);
	log_print("}}");
}

/* All lanes up to @end, and of one width. */
static void close_lanes(uint64_t end)
{
	uint32_t shift = 0;

	for (uint32_t i = 0; i < cpu_count; i++) {
		if (times[i].since < end)
			close_interval(&times[i], end);
		shift = times[i].lane.shift > shift ? times[i].lane.shift : shift;
	}
	for (uint32_t i = 0; i < cpu_count; i++)
		lane_widen(&times[i].lane, shift);
}

void timeline_stop(void)
{
	__atomic_store_n(&stopped, true, __ATOMIC_SEQ_CST);
}

void timeline_print(const struct counters *all)
{
	struct phase last = {.start = now(), .before = *all};
	uint32_t shift;

	if (LIKELY(!on))
		return;
	close_lanes(last.start);
	shift = times[0].lane.shift;
	log_print("timeline: {\"ticks_per_second\":%lu,\"bucket\":%lu,\"length\":%lu,\"phases\":[",
		ticks_per_second, 1UL << shift, last.start);
	print_phases(&last);
	log_print("],\"vcpus\":[");
	for (uint32_t i = 0; i < cpu_count; i++)
		print_vcpu(i, (uint32_t)(last.start >> shift) + 1);
	log_print("]}\n");
}
