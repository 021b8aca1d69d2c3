/* SPDX-License-Identifier: MIT */
/*
 * mmio=direct: devices without #VC where the C-bit is clear, and the x2APIC of the
 * VMPL that interrupts belong to. What the host has to see still faults.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "vmpl.h"

#define HPET 0xfed00000UL
#define IOAPIC 0xfec00000UL
#define IOAPIC_ARBITRATION 2
#define IOMMU 0xfed90000UL
#define VECTOR 0x71

static struct trap try_load(uint64_t gpa, bool private, uint32_t *value)
{
	const volatile uint32_t *p = private ? private_view(gpa) : shared_view(gpa);

	return TRY("movl (%1), %0", "=a"(*value) : "r"(p));
}

static void expect_vc(struct trap t, uint64_t code)
{
	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, code);
}

static void devices(void)
{
	volatile uint32_t *ioapic = shared_view(IOAPIC);
	uint32_t value = 0;
	uint64_t by_host;

	EXPECT_EQ(try_load(IOAPIC, false, &value).vector, TRAP_NONE);
	ioapic[0] = IOAPIC_ARBITRATION;
	EXPECT(nae_mmio_read(IOAPIC, 4, &by_host)); /* the event reaches the same device */
	EXPECT_EQ(by_host, IOAPIC_ARBITRATION);
	ioapic[0] = 0;
}

static void with_c_bit(void)
{
	uint32_t value = 0;

	expect_vc(try_load(IOAPIC, true, &value), SVM_EXIT_NPF);
}

static void kept_by_host(void)
{
	uint32_t value = 0;

	expect_vc(try_load(APIC_DEFAULT_BASE + 0x20, false, &value), SVM_EXIT_NPF);
	expect_vc(try_load(HPET, false, &value), SVM_EXIT_NPF);
	expect_vc(try_load(IOMMU, false, &value), SVM_EXIT_NPF);
}

static struct trap try_rdmsr(uint32_t msr, uint64_t *value)
{
	uint32_t low = 0, high = 0;
	struct trap t = TRY("rdmsr", "+a"(low), "+d"(high) : "c"(msr));

	*value = (uint64_t)high << 32 | low;
	return t;
}

static struct trap try_wrmsr(uint32_t msr, uint64_t value)
{
	return TRY("wrmsr", : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static uint32_t taken;

static bool on_interrupt(struct trap_frame *f)
{
	(void)f;
	taken++;
	wrmsr(MSR_X2APIC_EOI, 0);
	return true;
}

static void x2apic(void)
{
	uint64_t value;

	EXPECT_EQ(try_rdmsr(MSR_X2APIC_ID, &value).vector, VEC_GP); /* not in that mode */
	EXPECT(nae_msr_read(MSR_APIC_BASE, &value));
	EXPECT(nae_msr_write(MSR_APIC_BASE, value | APIC_BASE_ENABLE | APIC_BASE_X2APIC));
	EXPECT_EQ(try_rdmsr(MSR_X2APIC_ID, &value).vector, TRAP_NONE);
	EXPECT_EQ(value, cpu_self()->apic_id);
	EXPECT_EQ(try_wrmsr(MSR_X2APIC_SVR, 0x1ff).vector, TRAP_NONE);
	trap_handle(VECTOR, on_interrupt);
	interrupts_on();
	EXPECT_EQ(try_wrmsr(MSR_X2APIC_SELF_IPI, VECTOR).vector, TRAP_NONE);
	EXPECT(wait_for(&taken));
	EXPECT_EQ(taken, 1);
	taken = 0;
	EXPECT(nae_msr_write(MSR_X2APIC_ICR, BIT(18) | VECTOR));
	EXPECT(wait_for(&taken));
	interrupts_off();
	EXPECT_EQ(taken, 1);
}

static void x2apic_kept(void)
{
	uint64_t value;

	expect_vc(try_wrmsr(MSR_X2APIC_ICR, BIT(18) | VECTOR), SVM_EXIT_MSR);
	expect_vc(try_rdmsr(MSR_X2APIC_ICR, &value), SVM_EXIT_MSR);
	expect_vc(try_rdmsr(MSR_X2APIC_NONE, &value), SVM_EXIT_MSR);
	expect_vc(try_rdmsr(MSR_APIC_BASE, &value), SVM_EXIT_MSR);
	EXPECT_EQ(taken, 1);
}

/* Interrupts belong to VMPL 1 once it is there: the APIC is no more VMPL 0's. */
static struct trap below[2];

static void at_vmpl1(void *arg)
{
	uint64_t value;
	uint32_t select = 0;

	below[0] = try_rdmsr(MSR_X2APIC_ID, &value);
	below[1] = try_load(IOAPIC, false, &select);
	(void)arg;
}

static void of_one_vmpl(void)
{
	uint64_t value;

	memory_grant(1, RMP_PERM_RWX);
	vmpl_create(1, at_vmpl1, NULL);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(below[0].vector, TRAP_NONE);
	EXPECT_EQ(below[1].vector, TRAP_NONE);
	expect_vc(try_rdmsr(MSR_X2APIC_ID, &value), SVM_EXIT_MSR);
	expect_vc(try_wrmsr(MSR_X2APIC_EOI, 0), SVM_EXIT_MSR);
}

static const struct test_case cases[] = {
	{"device memory without #VC, the same that the event reaches", devices},
	{"with the C-bit it is #VC 400h as before", with_c_bit},
	{"the APIC's window, the HPET and the IOMMU stay #VC 400h", kept_by_host},
	{"x2APIC registers and a self IPI without #VC", x2apic},
	{"ICR, APIC base and what is no register stay #VC 7Ch", x2apic_kept},
	{"the x2APIC goes with the VMPL that interrupts belong to", of_one_vmpl},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
