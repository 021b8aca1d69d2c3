/* SPDX-License-Identifier: MIT */
/* A run's lanes and phases, kept while it runs (timeline.h). */
#include "timeline_data.h"
#include "insn.h"
#include "x86.h"

#define FIRST_SHIFT 16U

static bool on;
static bool stopped; /* atomic: what is printed stays as it is */
static uint64_t zero, ticks_per_second;
struct vcpu_times timeline_vcpus[MACHINE_MAX_CPUS];
struct phase timeline_phases[TIMELINE_PHASES];
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

void timeline_init(void)
{
	uint64_t size = ALIGN_UP(LANE_BUCKETS * sizeof(struct lane_bucket), PAGE_SIZE);

	on = option_is("timeline", "on");
	if (!on)
		return;
	for (uint32_t i = 0; i < cpu_count; i++) {
		timeline_vcpus[i].lane = (struct lane){alloc_pages(size / PAGE_SIZE), FIRST_SHIFT};
		timeline_vcpus[i].state = TIMELINE_OFF;
	}
	timeline_vcpus[0].state = TIMELINE_MACHINE;
	ticks_per_second = tsc_frequency();
	zero = rdtsc();
	timeline_phases[TIMELINE_LAUNCH].reached = true;
}

void timeline_without_paravisor(void)
{
	after_launch = TIMELINE_KERNEL;
}

/* --- Time and counts --- */

static void spend_in_phases(struct vcpu_times *t, uint64_t from, uint64_t to)
{
	for (int p = (int)__atomic_load_n(&current, __ATOMIC_ACQUIRE); p >= 0; p--) {
		uint64_t start = timeline_phases[p].start;

		if (!timeline_phases[p].reached || start >= to)
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
	struct vcpu_times *t = &timeline_vcpus[v->index];

	if (!is_kept() || state == t->state)
		return;
	close_interval(t, now());
	t->state = state;
}

static void count(uint32_t vcpu, uint32_t column, uint64_t n)
{
	if (is_kept())
		lane_add(&timeline_vcpus[vcpu].lane, now(), column, n);
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
		timeline_phases[to] = (struct phase){true, v->index, now(), counters_now()};
		__atomic_store_n(&current, to, __ATOMIC_RELEASE);
	}
	spin_unlock(&phase_lock);
}

static void first_entry(const struct vcpu *v, const struct vmcb *b)
{
	timeline_vcpus[v->index].entered[v->current] = now();
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
	if (!timeline_vcpus[v->index].entered[v->current])
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

/* --- The end --- */

/* All lanes up to @end, and of one width. */
static void close_lanes(uint64_t end)
{
	uint32_t shift = 0;

	for (uint32_t i = 0; i < cpu_count; i++) {
		if (timeline_vcpus[i].since < end)
			close_interval(&timeline_vcpus[i], end);
		shift = timeline_vcpus[i].lane.shift > shift ? timeline_vcpus[i].lane.shift : shift;
	}
	for (uint32_t i = 0; i < cpu_count; i++)
		lane_widen(&timeline_vcpus[i].lane, shift);
}

static void print_timeline(const struct counters *all)
{
	struct phase last = {.start = now(), .before = *all};

	close_lanes(last.start);
	timeline_print_json(&last, ticks_per_second);
}

void run_report(void)
{
	struct counters all;

	__atomic_store_n(&stopped, true, __ATOMIC_SEQ_CST);
	all = counters_now();
	counters_print(&all);
	if (on)
		print_timeline(&all);
}
