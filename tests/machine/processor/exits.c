/* SPDX-License-Identifier: MIT */
/*
 * Every #VMEXIT of QEMU's SVM, sorted as an SNP processor would: exits that the
 * guest must ask about itself become #VC, automatic ones go to the host, and
 * what is only the machine's own means (the #UD intercept, steps, kicks) stays
 * here.
 */
#include "vcpu.h"
#include "counters.h"
#include "host.h"
#include "hostile.h"
#include "insn.h"
#include "npt.h"
#include "profile.h"
#include "timeline.h"
#include "x86.h"
#include "xsave.h"

#define PAUSE_LENGTH 2U

void advance_rip(struct context *c, uint32_t length)
{
	uint32_t code = (uint32_t)c->vmcb->exit_code;

	/* An emulated instruction counts as one; QEMU has counted one that raised an exception. */
	if (code != SVM_EXIT_EXCEPTION + VEC_UD && code != SVM_EXIT_EXCEPTION + VEC_GP)
		vcpus[cpu_index()].instructions[c->vmpl]++;
	c->vmcb->rip += length;
	c->vmcb->int_shadow = 0;
	if (!guest_is_64bit(c))
		c->vmcb->rip = (uint32_t)c->vmcb->rip;
}

static void count_exit(const struct vcpu *v, enum exit_kind kind)
{
	COUNT(exits[v->current][kind]);
	timeline_count_exit(v, kind);
}

/* VMMCALL with a repeat prefix is VMGEXIT, which leaves without a #VC. */
static void handle_vmmcall(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	uint8_t prefix = 0;

	guest_fetch(v, &prefix, 1);
	if (prefix != 0xf3 && prefix != 0xf2) {
		event_vc(v, SVM_EXIT_VMMCALL);
		return;
	}
	advance_rip(c, 4);
	c->vmcb->exit_code = SVM_EXIT_VMGEXIT;
	c->vmcb->exit_info1 = 0;
	c->vmcb->exit_info2 = 0;
	count_exit(v, COUNT_VMGEXIT);
	v->vmgexits[v->current]++;
	host_vmgexit(v);
}

/*
 * QEMU exits before a write of CR0 or CR4, and the write traps come after it: the
 * instruction runs alone. When it turns paging on, addresses without the C-bit are
 * shared from then on: it already runs under that root.
 */
void write_trap(struct vcpu *v, uint32_t exit_code, uint64_t value)
{
	struct vmcb *b = vcpu_context(v)->vmcb;

	b->exit_code = exit_code;
	b->exit_info1 = value;
	b->exit_info2 = 0;
	COUNT(write_traps);
	host_write_trap(v, exit_code, value);
}

/* A kick: the exit was its purpose. The NMI itself is still pending until GIF is set. */
static void take_kick(void)
{
	svm_stgi();
	__asm__ volatile("nop");
	svm_clgi();
}

static void handle_halt(struct vcpu *v)
{
	count_exit(v, COUNT_HLT);
	v->halts[v->current]++;
	host_halt(v);
}

static enum exit_kind kind_of(uint32_t code)
{
	switch (code) {
	case SVM_EXIT_NPF:
		return COUNT_NPF;
	case SVM_EXIT_NMI:
		return COUNT_NMI;
	case SVM_EXIT_CPUID:
		return COUNT_CPUID;
	case SVM_EXIT_IOIO:
		return COUNT_IOIO;
	case SVM_EXIT_MSR:
		return COUNT_MSR;
	case SVM_EXIT_EXCEPTION + VEC_UD:
		return COUNT_UNDEFINED;
	default:
		return COUNT_OTHER;
	}
}

static bool is_contributory(uint32_t vector)
{
	return vector == VEC_DE || (vector >= VEC_TS && vector <= VEC_GP);
}

/* Whether @vector during the delivery of @first is #DF (AMD64 manual, table 8-4). */
static bool doubles(uint32_t first, uint32_t vector)
{
	if (first == VEC_PF)
		return vector == VEC_PF || is_contributory(vector);
	return is_contributory(first) && is_contributory(vector);
}

/*
 * An exception that was intercepted for the machine's sake is the instruction's
 * own: it goes on as it would have, in place of what was being delivered.
 */
static void reflect_exception(struct vcpu *v, uint32_t vector)
{
	struct vmcb *b = vcpu_context(v)->vmcb;
	uint64_t event = b->exit_int_info;
	uint8_t first = (uint8_t)event;
	bool has_error = vector == VEC_DF || (vector >= VEC_TS && vector <= VEC_PF) ||
			 vector == VEC_AC;

	if (vector == VEC_PF)
		b->cr2 = b->exit_info2;
	if (vector == VEC_MC || vector == VEC_NMI)
		machine_fault("vcpu %u: exception %u at rip %lx", v->index, vector, b->rip);
	b->exit_int_info = 0;
	if (event & EVENT_VALID && (event & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION) {
		if (first == VEC_DF) {
			host_shutdown(v);
			return;
		}
		if (doubles(first, vector)) {
			event_exception(v, VEC_DF, true, 0);
			return;
		}
	}
	event_exception(v, (uint8_t)vector, has_error, (uint32_t)b->exit_info1);
}

static void handle_exception(struct vcpu *v, uint32_t vector)
{
	if (vector == VEC_UD && handle_undefined(v))
		return;
	if (vector == VEC_GP && handle_compact_xrstor(v))
		return;
	if (vector == VEC_DB && profile_breakpoint(v))
		return;
	reflect_exception(v, vector);
}

static void unknown_exit(struct vcpu *v)
{
	const struct vmcb *b = vcpu_context(v)->vmcb;

	machine_fault("vcpu %u vmpl %u rip %lx: exit code %lx info1 %lx info2 %lx is not handled",
		v->index, v->current, b->rip, b->exit_code, b->exit_info1, b->exit_info2);
}

/* QEMU answers reserved bits in CR3 and CR4 and a bad entry state alike. */
static void handle_invalid(struct vcpu *v)
{
	const struct context *c = vcpu_context(v);
	uint8_t code[3] = {0};

	guest_fetch(v, code, sizeof(code));
	if (code[0] == 0x0f && code[1] == 0x22) {
		event_exception(v, VEC_GP, true, 0);
		return;
	}
	machine_fault("vcpu %u vmpl %u: VMRUN failed: rip %lx cr0 %lx cr3 %lx cr4 %lx efer %lx "
		      "event %lx",
		v->index, v->current, c->vmcb->rip, c->vmcb->cr0, c->vmcb->cr3, c->vmcb->cr4,
		c->vmcb->efer, c->vmcb->event_inj);
}

/* Exits that an SNP guest sees as #VC with the exit code for error code. */
static bool is_nae(uint32_t code)
{
	switch (code) {
	case SVM_EXIT_CPUID:
	case SVM_EXIT_IOIO:
	case SVM_EXIT_RDPMC:
	case SVM_EXIT_INVD:
	case SVM_EXIT_WBINVD:
	case SVM_EXIT_MONITOR:
	case SVM_EXIT_MWAIT:
	case SVM_EXIT_DR7_READ:
	case SVM_EXIT_DR7_WRITE:
		return true;
	default:
		return false;
	}
}

/* QEMU exits for these before it looks at the privilege level. */
static bool lacks_privilege(struct vcpu *v, uint32_t code)
{
	if (!vcpu_context(v)->vmcb->cpl)
		return false;
	if (code == SVM_EXIT_WBINVD || code == SVM_EXIT_INVD)
		event_exception(v, VEC_GP, true, 0);
	else if (code == SVM_EXIT_MONITOR || code == SVM_EXIT_MWAIT)
		event_exception(v, VEC_UD, false, 0);
	else
		return false;
	return true;
}

static void dispatch(struct vcpu *v, uint32_t code)
{
	if (lacks_privilege(v, code))
		return;
	if (is_nae(code)) {
		event_vc(v, code);
		return;
	}
	switch (code) {
	case SVM_EXIT_NPF:
		handle_npf(v);
		break;
	case SVM_EXIT_VMMCALL:
		handle_vmmcall(v);
		break;
	case SVM_EXIT_MSR:
		handle_msr(v);
		break;
	case SVM_EXIT_HLT:
		handle_halt(v);
		break;
	case SVM_EXIT_PAUSE:
		advance_rip(vcpu_context(v), PAUSE_LENGTH);
		break;
	case SVM_EXIT_NMI:
		take_kick();
		break;
	case SVM_EXIT_CR0_WRITE:
		if (!control_write(v))
			step_write(v, SVM_EXIT_CR0_WRITE_TRAP);
		break;
	case SVM_EXIT_CR4_WRITE:
		if (!control_write(v))
			step_write(v, SVM_EXIT_CR4_WRITE_TRAP);
		break;
	case SVM_EXIT_SHUTDOWN:
		host_shutdown(v);
		break;
	case SVM_EXIT_VMRUN:
	case SVM_EXIT_VMLOAD ... SVM_EXIT_SKINIT:
	case SVM_EXIT_INVLPGA:
		event_exception(v, VEC_UD, false, 0);
		break;
	case VMEXIT_INVALID:
		handle_invalid(v);
		break;
	default:
		if (code >= SVM_EXIT_EXCEPTION && code < SVM_EXIT_EXCEPTION + 32)
			handle_exception(v, code - SVM_EXIT_EXCEPTION);
		else
			unknown_exit(v);
	}
}

/* A nested fault is part of the instruction; a handler may have exits of its own. */
static bool ends_step(const struct context *c, uint32_t code)
{
	return c->step.behind ? code == SVM_EXIT_EXCEPTION + VEC_DB : code != SVM_EXIT_NPF;
}

void handle_exit(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	uint32_t code = (uint32_t)c->vmcb->exit_code;

	if (code != SVM_EXIT_VMMCALL && code != SVM_EXIT_HLT)
		count_exit(v, kind_of(code));
	TRACE(TRACE_EXITS, "exit: vcpu %u vmpl %u rip %lx code %x info1 %lx info2 %lx\n", v->index,
		v->current, c->vmcb->rip, code, c->vmcb->exit_info1, c->vmcb->exit_info2);
	if (ends_step(c, code) && step_end(v)) {
		hostile_stepped(v);
		return;
	}
	dispatch(v, code);
	if (v->current == c->vmpl && c->loaded)
		event_redeliver(v);
}
