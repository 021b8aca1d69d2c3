/* SPDX-License-Identifier: MIT */
/*
 * The two kinds of local APIC: the processor's own, which serves the VMPL that
 * interrupts belong to (apic.c), and an emulated one for VMPL 0 while that is another
 * (upper_apic.c). For these two files and what hands over from one to the other
 * (apic_hand_over.c).
 */
#ifndef MACHINE_APIC_H
#define MACHINE_APIC_H

#include "host.h"
#include "x86.h"

#define X2APIC_OFFSET(msr) (((msr)-MSR_X2APIC_FIRST) << 4)
#define APIC_ID 0x20
#define APIC_TPR 0x80
#define APIC_EOI 0xb0
#define APIC_LDR 0xd0
#define APIC_DFR 0xe0
#define APIC_SVR 0xf0
#define APIC_ISR 0x100
#define APIC_IRR 0x200
#define APIC_ICR_LOW 0x300
#define APIC_ICR_HIGH 0x310
#define APIC_LVT_TIMER 0x320
#define APIC_LVT_LINT0 0x350
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_CURRENT 0x390
#define APIC_TIMER_DIVIDE 0x3e0
#define APIC_VECTOR_WORDS 8U /* of ISR and IRR, 16 bytes apart */
#define DFR_FLAT 0xffffffffU
#define SVR_RESET 0xffU
#define SVR_ENABLE BIT(8)
#define LVT_MASKED BIT(16)
#define LVT_PERIODIC BIT(17)
#define LVT_EXTINT 0x700U
#define XAPIC(offset) (*(volatile uint32_t *)phys(APIC_DEFAULT_BASE + (offset)))

/* A tick of the timer with that divider, in nanoseconds as a power of two. */
uint32_t apic_timer_shift(uint32_t divide);

/* VMPL 0's APIC as seen through x2APIC registers; in memory it is not. */
struct upper_apic {
	bool x2apic;
	uint32_t tpr, svr, lvt_timer, divide, initial;
	uint64_t start;    /* ns (hpet.h): when the count began */
	uint64_t deadline; /* when it ends; 0: it does not run */
	uint32_t irr[APIC_VECTOR_WORDS], isr[APIC_VECTOR_WORDS];
};
extern struct upper_apic upper_apics[MACHINE_MAX_CPUS];

/* False: #GP. The MSR is APIC_BASE or an x2APIC register. */
bool upper_apic_read(struct vcpu *v, uint32_t msr, uint64_t *value);
bool upper_apic_write(struct vcpu *v, uint32_t msr, uint64_t value);

/*
 * Once interrupts belong to a lower VMPL, what VMPL 0 had made of the processor's APIC
 * becomes its emulated one's, on @v's own processor; the lower VMPL finds an APIC as
 * after reset. Nothing happens if VMPL 0 had left it alone.
 */
void apic_hand_over(struct vcpu *v);
/* The state that apic.c keeps of the real one, back to that after reset. */
void apic_forget(const struct vcpu *v);
/* VMPL 0 has written to the processor's APIC. */
bool apic_was_used(const struct vcpu *v);
/* x2APIC mode and the divider as VMPL 0 has set them. */
bool apic_guest_x2apic(const struct vcpu *v);
uint32_t apic_guest_divide(const struct vcpu *v);

#endif
