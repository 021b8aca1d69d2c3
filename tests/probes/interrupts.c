/* SPDX-License-Identifier: MIT */
/*
 * Interrupts per VMPL: as long as there is only VMPL 0 they are its own; once
 * a lower VMPL is there they are that one's, stay pending while VMPL 0 runs,
 * and VMPL 0 has no local APIC to look at.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "vmpl.h"

#define APIC(offset) (APIC_DEFAULT_BASE + (offset))
#define APIC_ID 0x20
#define APIC_EOI 0xb0
#define APIC_SVR 0xf0
#define APIC_LVT_TIMER 0x320
#define APIC_LVT_LINT0 0x350
#define APIC_INITIAL 0x380
#define APIC_DIVIDE 0x3e0
#define TIMER_VECTOR 0x51
#define PIT_VECTOR 0x60
#define A_WHILE (1UL << 28)

static volatile uint32_t taken[VMPL_COUNT];

static bool on_timer(struct trap_frame *f)
{
	(void)f;
	taken[cpu_self()->vmpl]++;
	nae_mmio_write(APIC(APIC_EOI), 4, 0);
	return true;
}

static void arm_timer(uint32_t count)
{
	EXPECT(nae_mmio_write(APIC(APIC_SVR), 4, 0x1ff));
	EXPECT(nae_mmio_write(APIC(APIC_DIVIDE), 4, 0xb));
	EXPECT(nae_mmio_write(APIC(APIC_LVT_TIMER), 4, TIMER_VECTOR));
	EXPECT(nae_mmio_write(APIC(APIC_INITIAL), 4, count));
}

static bool wait_taken(uint32_t vmpl, uint32_t count)
{
	uint64_t start = rdtsc();

	while (taken[vmpl] < count && rdtsc() - start < 1UL << 34)
		cpu_relax();
	return taken[vmpl] == count;
}

static void own_timer(void)
{
	trap_handle(TIMER_VECTOR, on_timer);
	arm_timer(1000000);
	interrupts_on();
	EXPECT(wait_taken(0, 1));
	interrupts_off();
}

static void interrupt_flag(void)
{
	arm_timer(1000);
	pass_time(A_WHILE);
	EXPECT_EQ(taken[0], 1);
	interrupts_on();
	EXPECT(wait_taken(0, 2));
	interrupts_off();
}

static void halt_until_timer(void)
{
	arm_timer(20000000);
	__asm__ volatile("sti; hlt; cli" : : : "memory");
	EXPECT_EQ(taken[0], 3);
}

/* --- A device: the PIT through the 8259 --- */

static bool on_pit(struct trap_frame *f)
{
	(void)f;
	taken[cpu_self()->vmpl] += 100;
	nae_port_out(0x20, 1, 0x20);
	nae_port_out(0x21, 1, 0xff); /* once is enough */
	return true;
}

static void start_pit(void)
{
	static const uint8_t pic[][2] = {{0x20, 0x11}, {0x21, PIT_VECTOR}, {0x21, 4}, {0x21, 1},
		{0xa0, 0x11}, {0xa1, PIT_VECTOR + 8}, {0xa1, 2}, {0xa1, 1}, {0xa1, 0xff},
		{0x21, 0xfe}};

	for (size_t i = 0; i < ARRAY_SIZE(pic); i++)
		nae_port_out(pic[i][0], 1, pic[i][1]);
	EXPECT(nae_mmio_write(APIC(APIC_LVT_LINT0), 4, 0x700)); /* ExtINT */
	nae_port_out(0x43, 1, 0x34);
	nae_port_out(0x40, 1, 0x00);
	nae_port_out(0x40, 1, 0x10);
}

static void own_device(void)
{
	uint32_t before = taken[0];

	trap_handle(PIT_VECTOR, on_pit);
	start_pit();
	interrupts_on();
	EXPECT(wait_taken(0, before + 100));
	interrupts_off();
}

/* --- Two VMPLs --- */

static uint32_t timer_at_entry, pit_at_entry;

/* VMPL 1 sets a source up, hands back to VMPL 0, and lets interrupts in when it is back. */
static void below(void *arg)
{
	EXPECT(ghcb_setup());
	arm_timer(1000);
	nae_run_vmpl(0);
	timer_at_entry = taken[1];
	interrupts_on();
	EXPECT(wait_taken(1, 1));
	interrupts_off();
	start_pit();
	nae_run_vmpl(0);
	pit_at_entry = taken[1];
	interrupts_on();
	EXPECT(wait_taken(1, 101));
	interrupts_off();
	(void)arg;
}

/* VMPL 0 with IF set for longer than the source needs. */
static void nothing_comes_up(void)
{
	uint32_t before = taken[0];

	interrupts_on();
	pass_time(A_WHILE);
	interrupts_off();
	EXPECT_EQ(taken[0], before);
}

static void belongs_below(void)
{
	memory_grant(1, RMP_PERM_RWX);
	vmpl_create(1, below, NULL);
	EXPECT(vmpl_enter(1));
	nothing_comes_up();
	EXPECT_EQ(taken[1], 0);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(taken[1], 1);
	nothing_comes_up();
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(timer_at_entry, 0);
	EXPECT_EQ(pit_at_entry, 1);
	EXPECT_EQ(taken[1], 101);
}

/* VMPL 0's view of the APIC: there is none to program. */
static void no_apic_above(void)
{
	uint64_t value;

	EXPECT(nae_mmio_write(APIC(APIC_LVT_TIMER), 4, TIMER_VECTOR));
	EXPECT(nae_mmio_write(APIC(APIC_INITIAL), 4, 1000));
	EXPECT(nae_mmio_read(APIC(APIC_INITIAL), 4, &value));
	EXPECT_EQ(value, 0);
	nothing_comes_up();
	EXPECT(nae_mmio_read(APIC(APIC_ID), 4, &value));
	EXPECT_EQ(value >> 24, cpu_self()->apic_id);
}

static const struct test_case cases[] = {
	{"VMPL 0 alone takes its timer's interrupt", own_timer},
	{"IF holds it back", interrupt_flag},
	{"HLT sleeps until it comes", halt_until_timer},
	{"a device's interrupt by the 8259", own_device},
	{"with a VMPL 1 both stay pending while VMPL 0 runs, and reach VMPL 1", belongs_below},
	{"VMPL 0 has no APIC then", no_apic_above},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
