/* SPDX-License-Identifier: MIT */
/*
 * The timer of this VMPL's own local APIC, in x2APIC mode, which the host gives by
 * MSR events. Whether it has one for each VMPL, GHCB and CPUID do not tell: where
 * there is one for all, the guest's use of it shows in the LVT entry.
 */
#include "ghcb.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_page.h"
#include "snp.h"
#include "x86.h"

#define MSR_WRITE 1U

static bool write(uint32_t msr, uint64_t value)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb_begin(ghcb, SVM_EXIT_MSR, MSR_WRITE, 0);
	ghcb_put_rcx(ghcb, msr);
	ghcb_put_rax(ghcb, (uint32_t)value);
	ghcb_put_rdx(ghcb, value >> 32);
	return ghcb_exit(ghcb) == GHCB_RESULT_OK;
}

/* No register that is used here has more than 32 bits that matter. */
static bool read(uint32_t msr, uint32_t *value)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb_begin(ghcb, SVM_EXIT_MSR, 0, 0);
	ghcb_put_rcx(ghcb, msr);
	if (ghcb_exit(ghcb) != GHCB_RESULT_OK)
		return false;
	*value = (uint32_t)ghcb_answer_rax(ghcb);
	return true;
}

bool platform_timer_open(void)
{
	uint32_t base, lvt;

	return read(MSR_APIC_BASE, &base) && write(MSR_APIC_BASE, base | APIC_BASE_X2APIC) &&
	       read(MSR_X2APIC_LVT_TIMER, &lvt) && lvt == APIC_LVT_MASKED &&
	       write(MSR_X2APIC_SVR, APIC_SVR_ENABLE | 0xff) &&
	       write(MSR_X2APIC_TIMER_INITIAL, 0) &&
	       write(MSR_X2APIC_TIMER_DIVIDE, APIC_DIVIDE_BY_1) &&
	       write(MSR_X2APIC_LVT_TIMER, PLATFORM_TIMER_VECTOR);
}

/* A refusal from here on is the host's change of mind: there is no interrupt then. */
bool platform_timer_start(uint32_t ticks)
{
	uint32_t lvt;

	return read(MSR_X2APIC_LVT_TIMER, &lvt) && lvt == PLATFORM_TIMER_VECTOR &&
	       write(MSR_X2APIC_TIMER_INITIAL, ticks);
}

void platform_timer_stop(void)
{
	(void)write(MSR_X2APIC_TIMER_INITIAL, 0);
}

void platform_timer_count(void)
{
	(void)write(MSR_X2APIC_TIMER_INITIAL, UINT32_MAX);
}

uint32_t platform_timer_left(void)
{
	uint32_t left;

	return read(MSR_X2APIC_TIMER_CURRENT, &left) ? left : UINT32_MAX;
}

void platform_timer_acknowledge(void)
{
	(void)write(MSR_X2APIC_EOI, 0);
}
