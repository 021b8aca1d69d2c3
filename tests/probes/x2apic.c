/* SPDX-License-Identifier: MIT */
/* The local APIC by MSRs: an x2APIC access is #VC 7Ch, and the host answers it. 2 vCPUs. */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "vmpl.h"

#define ICR_NMI 0x400
#define VECTOR 0x71

static uint32_t taken[2], nmis, ready;

static bool on_interrupt(struct trap_frame *f)
{
	(void)f;
	__atomic_fetch_add(&taken[cpu_self()->index], 1, __ATOMIC_SEQ_CST);
	nae_msr_write(MSR_X2APIC_EOI, 0);
	return true;
}

static bool on_nmi(struct trap_frame *f)
{
	(void)f;
	__atomic_fetch_add(&nmis, 1, __ATOMIC_SEQ_CST);
	return true;
}

static void enter_x2apic(void)
{
	uint64_t base;

	EXPECT(nae_msr_read(MSR_APIC_BASE, &base));
	EXPECT(nae_msr_write(MSR_APIC_BASE, base | APIC_BASE_ENABLE | APIC_BASE_X2APIC));
	EXPECT(nae_msr_read(MSR_APIC_BASE, &base));
	EXPECT_EQ(base & APIC_BASE_X2APIC, APIC_BASE_X2APIC);
	EXPECT(nae_msr_write(MSR_X2APIC_SVR, 0x1ff));
}

static void before(void)
{
	uint64_t value;
	struct trap t = TRY("rdmsr", : "c"(MSR_X2APIC_ID) : "rax", "rdx");

	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_MSR);
	EXPECT(!nae_msr_read(MSR_X2APIC_ID, &value)); /* not in that mode: #GP */
}

static void identity(void)
{
	uint64_t value;

	enter_x2apic();
	EXPECT(nae_msr_read(MSR_X2APIC_ID, &value));
	EXPECT_EQ(value, cpu_self()->apic_id);
	EXPECT(nae_mmio_read(APIC_DEFAULT_BASE + 0x20, 4, &value));
	EXPECT_EQ(value, 0xffffffff); /* the memory window is gone */
}

static void self_ipi(void)
{
	trap_handle(VECTOR, on_interrupt);
	interrupts_on();
	EXPECT(nae_msr_write(MSR_X2APIC_SELF_IPI, VECTOR));
	EXPECT(wait_for(&taken[0]));
	interrupts_off();
	EXPECT_EQ(taken[0], 1);
}

static void listen(void *arg)
{
	enter_x2apic();
	interrupts_on();
	__atomic_store_n(&ready, 1, __ATOMIC_SEQ_CST);
	EXPECT(wait_for(&taken[1]));
	EXPECT(wait_for(&nmis));
	interrupts_off();
	(void)arg;
}

static void to_other(void)
{
	uint64_t dest = (uint64_t)guest.apic_id[1] << 32;

	trap_handle(VEC_NMI, on_nmi);
	EXPECT(smp_start(1, listen, NULL));
	EXPECT(wait_for(&ready));
	EXPECT(nae_msr_write(MSR_X2APIC_ICR, dest | VECTOR));
	EXPECT(nae_msr_write(MSR_X2APIC_ICR, dest | ICR_NMI));
	EXPECT(smp_join(1));
	EXPECT_EQ(taken[1], 1);
	EXPECT_EQ(nmis, 1);
	EXPECT_EQ(taken[0], 1);
}

static const struct test_case cases[] = {
	{"an x2APIC register is #VC 7Ch, and #GP while not in that mode", before},
	{"x2APIC mode: the id by MSR, nothing in memory", identity},
	{"an IPI to itself", self_ipi},
	{"an IPI and an NMI to the other vCPU", to_other},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
