/* SPDX-License-Identifier: MIT */
/* Instructions, exits and flushes per call of VMPL 0 and for the boot (profile.h). */
#include "profile.h"
#include "insn.h"
#include "x86.h"

#define BREAKPOINTS 3U
#define PHASES 8U
/* The fourth register waits for the next phase, or inside a function for its return. */
#define NEXT_SLOT 3U
#define DR7_EXECUTE(slot) (2UL << 2 * (slot))

struct addresses {
	uint64_t list[PHASES];
	uint32_t count;
};

static struct addresses functions, phases;
static uint32_t phase; /* phases reached */
static bool on;
static uint64_t vmrun_overhead; /* instructions between the two time stamps */
static bool booted;

/* One processor's: inside a counted function, and the call that is served. */
static struct {
	bool inside;
	uint64_t return_address, entered_at, bulk;
	uint64_t call, instructions, exits, flushes, bulk_before;
} state[MACHINE_MAX_CPUS];

static void read_addresses(const char *key, struct addresses *a, uint32_t max)
{
	size_t len;
	const char *p = option_text(key, &len);

	if (!p)
		return;
	a->count = 1;
	for (size_t i = 0; i < len; i++) {
		uint64_t *last = &a->list[a->count - 1];

		if (p[i] != ',')
			*last = *last * 16 + (uint64_t)(p[i] <= '9' ? p[i] - '0' : p[i] - 'a' + 10);
		else if (a->count++ == max)
			machine_fault("option %s has more than %u addresses", key, max);
	}
}

void profile_init(void)
{
	read_addresses("profile", &functions, BREAKPOINTS);
	read_addresses("phases", &phases, PHASES);
	on = functions.count || phases.count;
}

static uint64_t load_outside(void)
{
	uint64_t dr7 = 0;

	__asm__ volatile("mov %0, %%dr0" : : "r"(functions.list[0]));
	__asm__ volatile("mov %0, %%dr1" : : "r"(functions.list[1]));
	__asm__ volatile("mov %0, %%dr2" : : "r"(functions.list[2]));
	for (uint32_t i = 0; i < functions.count; i++)
		dr7 |= DR7_EXECUTE(i);
	if (phase == phases.count)
		return dr7;
	__asm__ volatile("mov %0, %%dr3" : : "r"(phases.list[phase]));
	return dr7 | DR7_EXECUTE(NEXT_SLOT);
}

static void load_breakpoints(struct vcpu *v)
{
	uint64_t dr7 = DR7_RESET;

	if (state[v->index].inside) {
		__asm__ volatile("mov %0, %%dr3" : : "r"(state[v->index].return_address));
		dr7 |= DR7_EXECUTE(NEXT_SLOT);
	} else {
		dr7 |= load_outside();
	}
	__asm__ volatile("mov %0, %%dr7" : : "r"(dr7));
	vcpu_context(v)->vmcb->dr7 = dr7;
	vcpu_context(v)->vmcb->intercept[2] |= (uint32_t)BIT(VEC_DB);
}

void profile_before(struct vcpu *v)
{
	if (UNLIKELY(on) && !v->current)
		load_breakpoints(v);
}

/*
 * The very first exit is the fault on the guest's first instruction: nothing
 * of the guest's ran, so its length is the machine's own share.
 */
void profile_after(struct vcpu *v, uint64_t delta)
{
	if (UNLIKELY(on) && !v->current)
		__asm__ volatile("mov %0, %%dr7" : : "r"(DR7_RESET));
	if (!vmrun_overhead)
		vmrun_overhead = delta;
	v->instructions[v->current] += delta > vmrun_overhead ? delta - vmrun_overhead : 0;
}

/* What the boot took so far, on all CPUs. */
static void report_boot(const char *where, uint32_t number)
{
	uint64_t instructions = 0, exits = 0, bulk = 0, flushes = 0;

	for (uint32_t i = 0; i < cpu_count; i++) {
		instructions += vcpus[i].instructions[0];
		exits += vcpus[i].vmgexits[0] + vcpus[i].halts[0];
		bulk += state[i].bulk;
		flushes += vcpus[i].flushes;
	}
	log_print("bench: %s %u instructions %lu exits %lu bulk %lu flushes %lu\n", where, number,
		instructions, exits, bulk, flushes);
}

static void enter_function(struct vcpu *v)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;

	state[v->index].entered_at = v->instructions[0];
	if (!guest_read(v, b->rsp, &state[v->index].return_address, 8))
		machine_fault("profile: no return address at %lx", b->rsp);
	state[v->index].inside = true;
}

static void leave_function(struct vcpu *v)
{
	state[v->index].bulk += v->instructions[0] - state[v->index].entered_at;
	state[v->index].inside = false;
}

bool profile_breakpoint(struct vcpu *v)
{
	struct vmcb *b = vcpu_context(v)->vmcb;
	uint64_t dr6 = b->dr6 & 0xf;

	if (!on || v->current || !dr6)
		return false;
	b->dr6 &= ~0xfUL;
	if (state[v->index].inside)
		leave_function(v);
	else if (dr6 & BIT(NEXT_SLOT))
		report_boot("phase", ++phase);
	else
		enter_function(v);
	b->rflags |= RFLAGS_RF;
	return true;
}

void profile_enter_vmpl0(struct vcpu *v)
{
	state[v->index].call = v->context[v->current].vmcb->rax;
	state[v->index].instructions = v->instructions[0];
	state[v->index].exits = v->vmgexits[0];
	state[v->index].flushes = v->flushes;
	state[v->index].bulk_before = state[v->index].bulk;
}

void profile_leave_vmpl0(struct vcpu *v)
{
	if (!booted) {
		booted = true;
		report_boot("boot vcpu", v->index);
		if (option_is("until", "guest"))
			run_end("booted");
		return;
	}
	TRACE(TRACE_SVSM,
		"svsm: vcpu %u protocol %lu call %lu instructions %lu exits %lu flushes %lu bulk "
		"%lu\n",
		v->index, state[v->index].call >> 32, state[v->index].call & 0xffffffff,
		v->instructions[0] - state[v->index].instructions,
		v->vmgexits[0] - state[v->index].exits + 1, v->flushes - state[v->index].flushes,
		state[v->index].bulk - state[v->index].bulk_before);
}

void profile_mark(struct vcpu *v, uint32_t number)
{
	log_print("bench: mark %u vcpu %u\n", number, v->index);
}
