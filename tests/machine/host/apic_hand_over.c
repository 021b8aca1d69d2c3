/* SPDX-License-Identifier: MIT */
/* From the processor's APIC to VMPL 0's own, when interrupts come to belong to another (apic.h). */
#include "apic.h"
#include "hpet.h"
#include "insn.h"

/* How late QEMU's main loop may raise the interrupt of a timer whose count is over. */
#define LATE_NS 20000000U

static bool holds(uint32_t offset, uint32_t vector)
{
	return XAPIC(offset + vector / 32 * 16) >> vector % 32 & 1;
}

/* Masked now, it would be lost. Where it was taken long ago, time is all that this costs. */
static void wait_for_late_timer(void)
{
	uint32_t lvt = XAPIC(APIC_LVT_TIMER), vector = lvt & 0xff;
	uint64_t until;

	if (lvt & LVT_MASKED || !XAPIC(APIC_TIMER_INITIAL) || XAPIC(APIC_TIMER_CURRENT))
		return;
	until = hpet_now() + LATE_NS;
	while (!holds(APIC_IRR, vector) && !holds(APIC_ISR, vector) && hpet_now() < until)
		cpu_relax();
}

static void take_timer(const struct vcpu *v, struct upper_apic *a)
{
	uint32_t left;

	wait_for_late_timer();
	left = XAPIC(APIC_TIMER_CURRENT);
	a->divide = apic_guest_divide(v);
	a->lvt_timer = XAPIC(APIC_LVT_TIMER) & (0xffU | (uint32_t)(LVT_MASKED | LVT_PERIODIC));
	a->initial = XAPIC(APIC_TIMER_INITIAL);
	XAPIC(APIC_LVT_TIMER) = (uint32_t)LVT_MASKED;
	XAPIC(APIC_TIMER_INITIAL) = 0;
	a->deadline = left ? hpet_now() + ((uint64_t)left << apic_timer_shift(a->divide)) : 0;
	a->start = a->deadline - ((uint64_t)a->initial << apic_timer_shift(a->divide));
	if (a->deadline)
		hpet_alarm(v, a->deadline);
}

static bool take_vectors(uint32_t offset, uint32_t *words)
{
	uint32_t any = 0;

	for (uint32_t i = 0; i < APIC_VECTOR_WORDS; i++) {
		words[i] |= XAPIC(offset + i * 16);
		any |= words[i];
	}
	return any;
}

/* What the real one holds for VMPL 0 must not come to the other: the machine takes it. */
static void drain(void)
{
	uint32_t words[APIC_VECTOR_WORDS];

	for (;;) {
		memset(words, 0, sizeof(words));
		if (!take_vectors(APIC_ISR, words))
			break;
		XAPIC(APIC_EOI) = 0;
	}
	cpu_absorb_interrupts();
}

static void reset(const struct vcpu *v)
{
	XAPIC(APIC_TPR) = 0;
	XAPIC(APIC_SVR) = SVR_RESET;
	XAPIC(APIC_DFR) = DFR_FLAT;
	XAPIC(APIC_LDR) = 0;
	XAPIC(APIC_TIMER_DIVIDE) = 0;
	XAPIC(APIC_LVT_LINT0) = v->index ? (uint32_t)LVT_MASKED : LVT_EXTINT;
	apic_forget(v);
}

void apic_hand_over(struct vcpu *v)
{
	struct upper_apic *a = &upper_apics[v->index];

	*a = (struct upper_apic){.svr = SVR_RESET, .lvt_timer = (uint32_t)LVT_MASKED};
	if (!apic_was_used(v))
		return;
	a->x2apic = apic_guest_x2apic(v);
	a->tpr = XAPIC(APIC_TPR);
	a->svr = XAPIC(APIC_SVR) & 0x1ff;
	XAPIC(APIC_LVT_LINT0) = (uint32_t)LVT_MASKED;
	XAPIC(APIC_TPR) = 0;
	take_timer(v, a);
	take_vectors(APIC_ISR, a->isr);
	take_vectors(APIC_IRR, a->irr);
	drain();
	reset(v);
}
