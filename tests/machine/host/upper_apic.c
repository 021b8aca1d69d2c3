/* SPDX-License-Identifier: MIT */
/*
 * The local APIC of VMPL 0 while interrupts belong to another VMPL: x2APIC registers,
 * the timer, and interrupts to itself. Nothing else reaches it. Its time is the HPET's,
 * one of whose hidden timers ends the guest's run when the count is over (hpet.c); the
 * interrupt is the processor's to deliver (V_IRQ), once VMPL 0 runs with IF set.
 */
#include "apic.h"
#include "hpet.h"

#define VERSION 0x50014U /* six LVT entries */
#define SVR_VALID 0x1ffU
#define LVT_TIMER_VALID (0xffUL | LVT_MASKED | LVT_PERIODIC)
#define DIVIDE_VALID 0xbU
#define FIRST_VALID_VECTOR 16U

struct upper_apic upper_apics[MACHINE_MAX_CPUS];

static struct upper_apic *of(const struct vcpu *v)
{
	return &upper_apics[v->index];
}

/* --- Vectors --- */

static void set_vector(uint32_t *words, uint32_t vector)
{
	words[vector / 32] |= 1U << vector % 32;
}

static void clear_vector(uint32_t *words, uint32_t vector)
{
	words[vector / 32] &= ~(1U << vector % 32);
}

/* 0 if there is none: no vector below 16 gets here. */
static uint32_t highest(const uint32_t *words)
{
	for (uint32_t i = APIC_VECTOR_WORDS; i-- > 0;)
		if (words[i])
			return i * 32 + 31 - (uint32_t)__builtin_clz(words[i]);
	return 0;
}

static uint32_t priority(const struct upper_apic *a)
{
	uint32_t in_service = highest(a->isr) & 0xf0;

	return (a->tpr & 0xf0) >= in_service ? a->tpr : in_service;
}

static void request(struct upper_apic *a, uint32_t vector)
{
	if (vector >= FIRST_VALID_VECTOR && a->svr & SVR_ENABLE)
		set_vector(a->irr, vector);
}

/* --- Timer --- */

static uint64_t tick_shift(const struct upper_apic *a)
{
	return apic_timer_shift(a->divide);
}

static uint64_t period(const struct upper_apic *a)
{
	return (uint64_t)a->initial << tick_shift(a);
}

static void set_alarm(const struct vcpu *v)
{
	const struct upper_apic *a = of(v);

	if (a->deadline && !(a->lvt_timer & LVT_MASKED))
		hpet_alarm(v, a->deadline);
	else
		hpet_no_alarm(v);
}

/* If the count is over: the interrupt, and the next count of a periodic timer. */
static void look_at_timer(const struct vcpu *v)
{
	struct upper_apic *a = of(v);
	uint64_t now;

	if (!a->deadline)
		return;
	now = hpet_now();
	if (now < a->deadline)
		return;
	if (!(a->lvt_timer & LVT_MASKED))
		request(a, a->lvt_timer & 0xff);
	if (a->lvt_timer & LVT_PERIODIC) {
		a->start += (now - a->start) / period(a) * period(a);
		a->deadline = a->start + period(a);
		set_alarm(v);
	} else {
		a->deadline = 0;
	}
}

static void begin_count(const struct vcpu *v)
{
	struct upper_apic *a = of(v);

	a->start = a->initial ? hpet_now() : 0;
	a->deadline = a->initial ? a->start + period(a) : 0;
	set_alarm(v);
}

static uint64_t current_count(const struct vcpu *v)
{
	const struct upper_apic *a = of(v);

	look_at_timer(v);
	if (!a->deadline)
		return 0;
	return (a->deadline - hpet_now() + BIT(tick_shift(a)) - 1) >> tick_shift(a);
}

static void set_lvt_timer(const struct vcpu *v, uint32_t value)
{
	struct upper_apic *a = of(v);

	look_at_timer(v);
	a->lvt_timer = value | (a->svr & SVR_ENABLE ? 0 : (uint32_t)LVT_MASKED);
	set_alarm(v);
}

/* The rest of a count goes on at the new speed from where it is. */
static void set_divide(const struct vcpu *v, uint32_t value)
{
	struct upper_apic *a = of(v);
	uint64_t left = current_count(v);

	a->divide = value;
	if (!a->deadline)
		return;
	a->deadline = hpet_now() + (left << tick_shift(a));
	a->start = a->deadline - period(a);
	set_alarm(v);
}

/* --- Registers --- */

static uint64_t base(const struct vcpu *v)
{
	return APIC_DEFAULT_BASE | APIC_BASE_ENABLE | (v->index ? 0 : APIC_BASE_BSP) |
	       (of(v)->x2apic ? APIC_BASE_X2APIC : 0);
}

/* It cannot be moved or switched off, only its mode is VMPL 0's to choose. */
static bool set_base(const struct vcpu *v, uint64_t value)
{
	if ((value ^ base(v)) & ~(uint64_t)APIC_BASE_X2APIC)
		return false;
	of(v)->x2apic = value & APIC_BASE_X2APIC;
	return true;
}

static bool read_vectors(const struct upper_apic *a, uint32_t msr, uint64_t *value)
{
	if (msr >= MSR_X2APIC_ISR && msr < MSR_X2APIC_ISR + APIC_VECTOR_WORDS)
		*value = a->isr[msr - MSR_X2APIC_ISR];
	else if (msr >= MSR_X2APIC_TMR && msr < MSR_X2APIC_TMR + APIC_VECTOR_WORDS)
		*value = 0;
	else if (msr >= MSR_X2APIC_IRR && msr < MSR_X2APIC_IRR + APIC_VECTOR_WORDS)
		*value = a->irr[msr - MSR_X2APIC_IRR];
	else
		return false;
	return true;
}

static bool read_timer(const struct vcpu *v, uint32_t msr, uint64_t *value)
{
	const struct upper_apic *a = of(v);

	switch (msr) {
	case MSR_X2APIC_LVT_TIMER:
		*value = a->lvt_timer;
		return true;
	case MSR_X2APIC_TIMER_INITIAL:
		*value = a->initial;
		return true;
	case MSR_X2APIC_TIMER_CURRENT:
		*value = current_count(v);
		return true;
	case MSR_X2APIC_TIMER_DIVIDE:
		*value = a->divide;
		return true;
	default:
		*value = LVT_MASKED;
		return msr > MSR_X2APIC_LVT_TIMER && msr <= MSR_X2APIC_LVT_LAST;
	}
}

bool upper_apic_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	const struct upper_apic *a = of(v);

	if (msr == MSR_APIC_BASE) {
		*value = base(v);
		return true;
	}
	if (!a->x2apic)
		return false;
	look_at_timer(v);
	switch (msr) {
	case MSR_X2APIC_ID:
		*value = v->apic_id;
		return true;
	case MSR_X2APIC_VERSION:
		*value = VERSION;
		return true;
	case MSR_X2APIC_TPR:
		*value = a->tpr;
		return true;
	case MSR_X2APIC_PPR:
		*value = priority(a);
		return true;
	case MSR_X2APIC_LDR:
		*value = v->apic_id >> 4 << 16 | 1U << (v->apic_id & 15);
		return true;
	case MSR_X2APIC_SVR:
		*value = a->svr;
		return true;
	case MSR_X2APIC_ESR:
	case MSR_X2APIC_ICR:
		*value = 0;
		return true;
	default:
		return read_vectors(a, msr, value) || read_timer(v, msr, value);
	}
}

static void set_svr(const struct vcpu *v, uint32_t value)
{
	of(v)->svr = value;
	if (!(value & SVR_ENABLE))
		set_lvt_timer(v, of(v)->lvt_timer);
}

static bool write_timer(const struct vcpu *v, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case MSR_X2APIC_LVT_TIMER:
		if (value & ~LVT_TIMER_VALID)
			return false;
		set_lvt_timer(v, (uint32_t)value);
		return true;
	case MSR_X2APIC_TIMER_INITIAL:
		if (value >> 32)
			return false;
		of(v)->initial = (uint32_t)value;
		begin_count(v);
		return true;
	case MSR_X2APIC_TIMER_DIVIDE:
		if (value & ~(uint64_t)DIVIDE_VALID)
			return false;
		set_divide(v, (uint32_t)value);
		return true;
	default:
		return msr > MSR_X2APIC_LVT_TIMER && msr <= MSR_X2APIC_LVT_LAST;
	}
}

bool upper_apic_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	struct upper_apic *a = of(v);

	if (msr == MSR_APIC_BASE)
		return set_base(v, value);
	if (!a->x2apic)
		return false;
	look_at_timer(v);
	switch (msr) {
	case MSR_X2APIC_TPR:
		a->tpr = (uint32_t)value & 0xff;
		return value <= 0xff;
	case MSR_X2APIC_EOI:
		clear_vector(a->isr, highest(a->isr));
		return !value;
	case MSR_X2APIC_SVR:
		if (value & ~(uint64_t)SVR_VALID)
			return false;
		set_svr(v, (uint32_t)value);
		return true;
	case MSR_X2APIC_SELF_IPI:
		request(a, (uint32_t)value & 0xff);
		return value <= 0xff;
	case MSR_X2APIC_ESR:
	case MSR_X2APIC_ICR:
		return true;
	default:
		return write_timer(v, msr, value);
	}
}

/* --- To the processor --- */

static bool is_in_charge(const struct vcpu *v)
{
	return !v->current && host_interrupt_vmpl() && of(v)->svr & SVR_ENABLE;
}

uint32_t host_virtual_interrupt(const struct vcpu *v)
{
	const struct upper_apic *a = of(v);
	uint32_t vector;

	if (!is_in_charge(v))
		return 0;
	look_at_timer(v);
	vector = highest(a->irr);
	return (vector & 0xf0) > (priority(a) & 0xf0) ? vector : 0;
}

void host_interrupt_taken(const struct vcpu *v, uint32_t vector)
{
	clear_vector(of(v)->irr, vector);
	set_vector(of(v)->isr, vector);
}
