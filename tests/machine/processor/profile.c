/* SPDX-License-Identifier: MIT */
/* Instructions, exits and flushes per call of VMPL 0 and for the boot (profile.h). */
#include "profile.h"
#include "counters.h"
#include "insn.h"
#include "x86.h"

#define BREAKPOINTS 3U /* the fourth register waits for the return */
#define RETURN_SLOT 3U
#define DR7_EXECUTE(slot) (2UL << 2 * (slot))

static uint64_t addresses[BREAKPOINTS];
static uint32_t address_count;
static uint64_t vmrun_overhead; /* instructions between the two time stamps */
static bool booted;

/* One processor's: inside a counted function, and the call that is served. */
static struct {
	bool inside;
	uint64_t return_address, entered_at, bulk;
	uint64_t call, instructions, exits, flushes, bulk_before;
} state[MACHINE_MAX_CPUS];

void profile_init(void)
{
	size_t len;
	const char *p = option_text("profile", &len);

	for (size_t i = 0; p && i < len && address_count < BREAKPOINTS; i++) {
		if (p[i] == ',') {
			address_count++;
			continue;
		}
		addresses[address_count] = addresses[address_count] * 16 +
					   (uint64_t)(p[i] <= '9' ? p[i] - '0' : p[i] - 'a' + 10);
	}
	address_count += p && len;
}

static void load_breakpoints(struct vcpu *v)
{
	uint64_t dr7 = DR7_RESET;

	if (state[v->index].inside) {
		__asm__ volatile("mov %0, %%dr3" : : "r"(state[v->index].return_address));
		dr7 |= DR7_EXECUTE(RETURN_SLOT);
	} else {
		__asm__ volatile("mov %0, %%dr0" : : "r"(addresses[0]));
		__asm__ volatile("mov %0, %%dr1" : : "r"(addresses[1]));
		__asm__ volatile("mov %0, %%dr2" : : "r"(addresses[2]));
		for (uint32_t i = 0; i < address_count; i++)
			dr7 |= DR7_EXECUTE(i);
	}
	__asm__ volatile("mov %0, %%dr7" : : "r"(dr7));
	vcpu_context(v)->vmcb->dr7 = dr7;
	vcpu_context(v)->vmcb->intercept[2] |= (uint32_t)BIT(VEC_DB);
}

void profile_before(struct vcpu *v)
{
	if (UNLIKELY(address_count) && !v->current)
		load_breakpoints(v);
}

/*
 * The very first exit is the fault on the guest's first instruction: nothing
 * of the guest's ran, so its length is the machine's own share.
 */
void profile_after(struct vcpu *v, uint64_t delta)
{
	if (UNLIKELY(address_count) && !v->current)
		__asm__ volatile("mov %0, %%dr7" : : "r"(DR7_RESET));
	if (!vmrun_overhead)
		vmrun_overhead = delta;
	v->instructions[v->current] += delta > vmrun_overhead ? delta - vmrun_overhead : 0;
}

bool profile_breakpoint(struct vcpu *v)
{
	struct vmcb *b = vcpu_context(v)->vmcb;
	bool inside = state[v->index].inside;
	uint64_t dr6 = b->dr6;

	if (!address_count || v->current || !(dr6 & 0xf))
		return false;
	b->dr6 &= ~0xfUL;
	if (inside) {
		state[v->index].bulk += v->instructions[0] - state[v->index].entered_at;
	} else {
		state[v->index].entered_at = v->instructions[0];
		if (!guest_read(v, b->rsp, &state[v->index].return_address, 8))
			machine_fault("profile: no return address at %lx", b->rsp);
	}
	state[v->index].inside = !inside;
	b->rflags |= RFLAGS_RF;
	return true;
}

void profile_enter_vmpl0(struct vcpu *v)
{
	state[v->index].call = v->context[v->current].vmcb->rax;
	state[v->index].instructions = v->instructions[0];
	state[v->index].exits = v->vmgexits[0];
	state[v->index].flushes = counters.tlb_flushes;
	state[v->index].bulk_before = state[v->index].bulk;
}

static void report_boot(const struct vcpu *v)
{
	uint64_t instructions = 0, exits = 0, bulk = 0;

	for (uint32_t i = 0; i < cpu_count; i++) {
		instructions += vcpus[i].instructions[0];
		exits += vcpus[i].vmgexits[0] + vcpus[i].halts[0];
		bulk += state[i].bulk;
	}
	log_print("bench: boot vcpu %u instructions %lu exits %lu bulk %lu flushes %lu\n", v->index,
		instructions, exits, bulk, counters.tlb_flushes);
}

void profile_leave_vmpl0(struct vcpu *v)
{
	if (!booted) {
		booted = true;
		report_boot(v);
		return;
	}
	TRACE(TRACE_SVSM,
		"svsm: vcpu %u protocol %lu call %lu instructions %lu exits %lu flushes %lu bulk "
		"%lu\n",
		v->index, state[v->index].call >> 32, state[v->index].call & 0xffffffff,
		v->instructions[0] - state[v->index].instructions,
		v->vmgexits[0] - state[v->index].exits + 1,
		counters.tlb_flushes - state[v->index].flushes,
		state[v->index].bulk - state[v->index].bulk_before);
}

void profile_mark(struct vcpu *v, uint32_t number)
{
	log_print("bench: mark %u vcpu %u\n", number, v->index);
}
