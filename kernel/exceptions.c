/* SPDX-License-Identifier: MIT */
/*
 * The handler behind exceptions_entry.S. Interrupts, NMI and #HV are counted
 * and ignored, a service's exceptions make it leave, faults on guest memory go
 * through the exception table, all else is a panic.
 */
#include "kernel/exceptions.h"
#include "kernel/cpu.h"
#include "kernel/extable.h"
#include "kernel/panic.h"
#include "kernel/task.h"
#include "platform.h"
#include "snp.h"
#include "x86.h"

extern const struct extable_entry __extable_start[], __extable_end[];
/* A #VC 0x404 comes of a page that the host took, a save area for one, or is forged. */
static const char *reason(const struct exception_frame *frame, unsigned int vector)
{
	if (vector == VEC_VC && frame->error_code == SVM_EXIT_PAGE_NOT_VALIDATED)
		return "the host has taken a page away that is in use";
	return vector == VEC_VC ? "#VC without an intercepted instruction" : "unexpected exception";
}

void exception_handle(struct exception_frame *frame);

uint64_t extable_find(uint64_t rip)
{
	for (const struct extable_entry *entry = __extable_start; entry < __extable_end; entry++)
		if (entry->insn == rip)
			return entry->fixup;
	return 0;
}

/* The number of the interrupt stack that @rsp points into, or 0. */
static unsigned int ist_of(const struct cpu *cpu, uint64_t rsp)
{
	for (unsigned int i = 0; i < IST_COUNT; i++)
		if (cpu->ist_top[i] - rsp < PAGE_SIZE)
			return i + 1;
	return 0;
}

static unsigned int ist_of_vector(unsigned int vector)
{
	switch (vector) {
	case VEC_DF:
		return IST_DF;
	case VEC_VC:
		return IST_VC;
	case VEC_NMI:
		return IST_NMI;
	case VEC_MC:
		return IST_MC;
	case VEC_HV:
		return IST_HV;
	default:
		return IST_COMMON;
	}
}

/*
 * Whether this event may have overwritten the frame of one that is not
 * finished: its stack starts at the top each time. What was interrupted tells:
 * from the ordinary stack and from a service nothing is lost, whatever that has in
 * RSP. NMI and #HV may also interrupt the other handlers, but neither each other
 * nor themselves; an interrupt only those that cannot have interrupted one.
 */
static bool lost_a_frame(
	const struct cpu *cpu, unsigned int vector, const struct exception_frame *frame)
{
	unsigned int own = ist_of_vector(vector), below = ist_of(cpu, frame->rsp);

	if (!below || task_is_in_ring_3(frame) || task_is_entering(frame))
		return false;
	if (own == IST_NMI || own == IST_HV)
		return below == IST_NMI || below == IST_HV;
	if (own == IST_COMMON && vector >= VEC_FIRST_EXTERNAL)
		return below == IST_NMI || below == IST_HV || below == IST_COMMON;
	return true;
}

/* The timer is for services alone: the kernel has IF clear, so that in it the host has forged it.
 */
static bool is_ignorable(const struct exception_frame *frame, unsigned int vector)
{
	if (vector == PLATFORM_TIMER_VECTOR)
		return !task_is_in_ring_3(frame);
	return vector >= VEC_FIRST_EXTERNAL || vector == VEC_NMI || vector == VEC_HV;
}

/* That of platform_forget_branches(), which a host may intercept; for no other one. */
static bool is_at_wrmsr(const struct exception_frame *frame)
{
	const uint8_t *code = (const uint8_t *)frame->rip;

	return code[0] == 0x0f && code[1] == 0x30;
}

static bool may_be_fixed(const struct exception_frame *frame, unsigned int vector)
{
	if (vector == VEC_VC)
		return frame->error_code == SVM_EXIT_PAGE_NOT_VALIDATED ||
		       (frame->error_code == SVM_EXIT_MSR && is_at_wrmsr(frame));
	return vector == VEC_PF;
}

void exception_handle(struct exception_frame *frame)
{
	struct cpu *cpu = this_cpu();
	unsigned int vector = frame->vector & 0xff;
	uint64_t fixup;

	if (lost_a_frame(cpu, vector, frame))
		panic_exception(frame, "nested use of an interrupt stack");
	if (is_ignorable(frame, vector)) {
		cpu->stray_events++;
		return;
	}
	if (task_is_in_ring_3(frame)) {
		task_leave_by_exception(cpu, frame, vector);
		return;
	}
	fixup = may_be_fixed(frame, vector) ? extable_find(frame->rip) : 0;
	if (!fixup)
		panic_exception(frame, reason(frame, vector));
	frame->rip = fixup;
}
