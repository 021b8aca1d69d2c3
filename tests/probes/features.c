/* SPDX-License-Identifier: MIT */
/*
 * A launch with RestrictedInjection and DebugSwap: SEV_STATUS shows them, #HV
 * tells of events through the doorbell page, and the debug registers are the
 * guest's alone.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "vmpl.h"

#define DOORBELL_PREFERRED 0
#define DOORBELL_SET 1
#define DOORBELL_QUERY 2
#define DOORBELL_CLEAR 3
#define NO_FURTHER_SIGNAL BIT(15)
#define SELF BIT(18)

static volatile uint16_t *doorbell;
static uint64_t doorbell_gpa;
static uint32_t rung;

static struct nae call(uint64_t code, uint64_t info1, uint64_t info2)
{
	struct nae n = {.code = code, .info1 = info1, .info2 = info2};

	nae_call(&n);
	return n;
}

static void status(void)
{
	EXPECT_EQ(rdmsr(MSR_SEV_STATUS), 7 | BIT(5) | BIT(7));
	EXPECT_EQ(vmsa_features(), 1 | SEV_FEATURE_RESTRICTED_INJECTION | SEV_FEATURE_DEBUG_SWAP);
	EXPECT_EQ(nae_features() & GHCB_FEATURE_RESTRICTED_INJECTION,
		GHCB_FEATURE_RESTRICTED_INJECTION);
}

static void page(void)
{
	doorbell = page_alloc_shared(&doorbell_gpa);
	EXPECT_EQ(call(GHCB_EVENT_HV_DOORBELL, DOORBELL_PREFERRED, 0).info2, ~0UL);
	EXPECT_EQ(call(GHCB_EVENT_HV_DOORBELL, DOORBELL_QUERY, 0).info2, ~0UL);
	EXPECT_NE(call(GHCB_EVENT_HV_DOORBELL, DOORBELL_SET, doorbell_gpa + 8).info1, 0);
	EXPECT_NE(call(GHCB_EVENT_HV_DOORBELL, DOORBELL_SET, (uint64_t)page_alloc()).info1, 0);
	EXPECT_NE(call(GHCB_EVENT_HV_DOORBELL, 9, doorbell_gpa).info1, 0);
	EXPECT_EQ(call(GHCB_EVENT_HV_DOORBELL, DOORBELL_SET, doorbell_gpa).info1, 0);
	EXPECT_EQ(call(GHCB_EVENT_HV_DOORBELL, DOORBELL_QUERY, 0).info2, doorbell_gpa);
}

static bool on_hv(struct trap_frame *f)
{
	(void)f;
	rung++;
	return true;
}

/* One #HV until the guest has cleared NoFurtherSignal. */
static void ring(void)
{
	trap_handle(VEC_HV, on_hv);
	EXPECT_EQ(call(GHCB_EVENT_HV_IPI, SELF | 0x77, 0).info1, 0);
	EXPECT_EQ(rung, 1);
	EXPECT_EQ(*doorbell, NO_FURTHER_SIGNAL | 0x77);
	EXPECT_EQ(call(GHCB_EVENT_HV_IPI, SELF | 0x78, 0).info1, 0);
	EXPECT_EQ(rung, 1);
	EXPECT_EQ(*doorbell & NO_FURTHER_SIGNAL, NO_FURTHER_SIGNAL);
	*doorbell = 0;
	EXPECT_EQ(call(GHCB_EVENT_HV_IPI, SELF | 0x79, 0).info1, 0);
	EXPECT_EQ(rung, 2);
	EXPECT_EQ(*doorbell & 0xff, 0x79);
}

static void clear(void)
{
	*doorbell = 0;
	EXPECT_EQ(call(GHCB_EVENT_HV_DOORBELL, DOORBELL_CLEAR, 0).info1, 0);
	EXPECT_EQ(call(GHCB_EVENT_HV_DOORBELL, DOORBELL_QUERY, 0).info2, ~0UL);
	call(GHCB_EVENT_HV_IPI, SELF | 0x77, 0);
	EXPECT_EQ(rung, 2);
	EXPECT_EQ(*doorbell, 0);
}

/* With RestrictedInjection an ordinary interrupt never comes. */
static void no_ordinary_interrupt(void)
{
	uint64_t start = rdtsc();

	nae_mmio_write(APIC_DEFAULT_BASE + 0xf0, 4, 0x1ff);
	nae_mmio_write(APIC_DEFAULT_BASE + 0x300, 4, SELF | 0x66);
	interrupts_on();
	while (rdtsc() - start < 1UL << 27)
		cpu_relax();
	interrupts_off();
	EXPECT_EQ(rung, 2);
}

/* --- DebugSwap: no exit for DR7, and the registers are each context's own --- */

static uint64_t read_dr7(void)
{
	uint64_t value = 0;
	struct trap t = TRY("movq %%dr7, %0", "+r"(value));

	EXPECT_EQ(t.vector, TRAP_NONE);
	return value;
}

static uint64_t dr7_below;

static void other_dr7(void *arg)
{
	dr7_below = read_dr7();
	EXPECT_EQ(TRY("movq %0, %%dr7", : "r"(DR7_RESET | 8)).vector, TRAP_NONE);
	(void)arg;
}

static void debug_registers(void)
{
	struct vmsa *vmsa;

	EXPECT_EQ(read_dr7(), DR7_RESET);
	EXPECT_EQ(TRY("movq %0, %%dr7", : "r"(DR7_RESET | 2)).vector, TRAP_NONE);
	EXPECT_EQ(read_dr7(), DR7_RESET | 2);
	memory_grant(1, RMP_PERM_RWX);
	vmsa = vmpl_create(1, other_dr7, NULL);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(dr7_below, DR7_RESET);
	EXPECT_EQ(vmsa->dr7, DR7_RESET | 8);
	EXPECT_EQ(read_dr7(), DR7_RESET | 2);
	EXPECT_EQ(TRY("movq %0, %%dr7", : "r"(DR7_RESET)).vector, TRAP_NONE);
}

static uint32_t watched;
static uint32_t breakpoints;

static bool on_debug(struct trap_frame *f)
{
	(void)f;
	breakpoints++;
	return true;
}

/* A watchpoint works: length 4, write, DR0. */
static void watchpoint(void)
{
	trap_handle(VEC_DB, on_debug);
	__asm__ volatile("movq %0, %%dr0" : : "r"(&watched));
	TRY("movq %0, %%dr7", : "r"(DR7_RESET | 2 | 0xdUL << 16));
	*(volatile uint32_t *)&watched = 1;
	TRY("movq %0, %%dr7", : "r"(DR7_RESET));
	*(volatile uint32_t *)&watched = 2;
	EXPECT_EQ(breakpoints, 1);
}

static const struct test_case cases[] = {
	{"SEV_STATUS shows RestrictedInjection and DebugSwap", status},
	{"the doorbell page: set, query, and what is refused", page},
	{"#HV rings once until the guest has looked", ring},
	{"no #HV without a page", clear},
	{"no ordinary interrupt reaches VMPL 0", no_ordinary_interrupt},
	{"DR7 without #VC, each VMPL its own", debug_registers},
	{"a watchpoint", watchpoint},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
