/* SPDX-License-Identifier: MIT */
/*
 * VMPL 0's own timer while interrupts belong to VMPL 1: the x2APIC that the host gives
 * it by MSR events. Its interrupts reach VMPL 0 alone, in ring 3 and ring 0, and those
 * of VMPL 1's devices never reach VMPL 0. 1 or 2 vCPUs; with the word "exact" under
 * icount, where a nanosecond is an instruction.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "user.h"
#include "vmpl.h"

#define TICK_NS 8 /* then, on this machine */
#define PERIODIC BIT(17)
#define MASKED BIT(16)
#define HPET 0xfed00000UL

#define TIMER 0x51
#define OTHER 0x61
#define BELOW 0x71
#define SOON 20000
/* Ticks in which an interrupt would have come; a busy host needs more of them. */
#define A_WHILE (guest_has_word("exact") ? 1UL << 22 : 1UL << 26)
/* What VMGEXITs around a count may take of it, in the machine, in instructions. */
#define OVERHEAD 20000

static volatile uint32_t taken[VMPL_COUNT];
static volatile uint64_t taken_at, taken_cs;
static volatile bool ends_it = true; /* the handler gives EOI */
static volatile uint32_t *user_flag;
static uint64_t user_flag_va;

/* Where it may come in the midst of another request to the host, it must not make one. */
static bool on_interrupt(struct trap_frame *f)
{
	taken_at = rdtsc();
	taken_cs = f->cs;
	taken[cpu_self()->vmpl]++;
	*user_flag = taken[cpu_self()->vmpl];
	if (ends_it)
		EXPECT(nae_msr_write(MSR_X2APIC_EOI, 0));
	return true;
}

static uint64_t reg(uint32_t msr)
{
	uint64_t value = 0;

	EXPECT(nae_msr_read(msr, &value));
	return value;
}

static void set(uint32_t msr, uint64_t value)
{
	EXPECT(nae_msr_write(msr, value));
}

static void enter_x2apic(void)
{
	set(MSR_APIC_BASE, reg(MSR_APIC_BASE) | APIC_BASE_X2APIC);
	set(MSR_X2APIC_SVR, 0x1ff);
	set(MSR_X2APIC_TIMER_DIVIDE, APIC_DIVIDE_BY_1);
}

static void arm(uint64_t lvt, uint32_t count)
{
	taken[0] = 0;
	*user_flag = 0;
	set(MSR_X2APIC_LVT_TIMER, lvt);
	set(MSR_X2APIC_TIMER_INITIAL, count);
}

static bool wait_taken(uint32_t vmpl, uint32_t count)
{
	uint64_t start = rdtsc();

	while (taken[vmpl] < count && rdtsc() - start < 1UL << 34)
		cpu_relax();
	return taken[vmpl] == count;
}

static void prepare(void)
{
	void *page = page_alloc();

	user_flag = page;
	user_flag_va = paging_window();
	paging_map(user_flag_va, pte_user((uint64_t)page));
	trap_handle(TIMER, on_interrupt);
	trap_handle(OTHER, on_interrupt);
	trap_handle(BELOW, on_interrupt);
}

/* --- When interrupts come to belong to VMPL 1 --- */

static uint64_t base_below, lvt_below;

static void below(void *arg)
{
	EXPECT(ghcb_setup());
	base_below = reg(MSR_APIC_BASE);
	interrupts_on();
	pass_time(A_WHILE);
	interrupts_off();
	enter_x2apic();
	lvt_below = reg(MSR_X2APIC_LVT_TIMER);
	for (;;) {
		ghcb_msr_run_vmpl(0);
		interrupts_on();
		pass_time(A_WHILE);
		interrupts_off();
	}
	(void)arg;
}

/* One count is over and waits in the processor's own APIC, the next one has begun. */
static void handed_over(void)
{
	prepare();
	enter_x2apic();
	set(MSR_X2APIC_LVT_TIMER, OTHER);
	set(MSR_X2APIC_TIMER_INITIAL, 1);
	pass_time(A_WHILE);
	arm(TIMER, SOON);
	memory_grant(1, RMP_PERM_RWX);
	vmpl_create(1, below, NULL);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(taken[1], 0);
	EXPECT_EQ(base_below & APIC_BASE_X2APIC, 0);
	EXPECT_EQ(lvt_below, MASKED);
	EXPECT_EQ(reg(MSR_APIC_BASE) & APIC_BASE_X2APIC, APIC_BASE_X2APIC);
	EXPECT_EQ(reg(MSR_X2APIC_SVR), 0x1ff);
	EXPECT_EQ(reg(MSR_X2APIC_LVT_TIMER), TIMER);
	EXPECT_EQ(reg(MSR_X2APIC_TIMER_INITIAL), SOON);
	EXPECT_EQ(reg(MSR_X2APIC_TIMER_DIVIDE), APIC_DIVIDE_BY_1);
	interrupts_on();
	EXPECT(wait_taken(0, 2));
	interrupts_off();
}

/* --- Registers --- */

static void registers(void)
{
	uint64_t value;

	EXPECT_EQ(reg(MSR_X2APIC_ID), cpu_self()->apic_id);
	EXPECT_EQ(reg(MSR_X2APIC_VERSION) & 0xff, 0x14);
	EXPECT(!nae_msr_write(MSR_X2APIC_ID, 0));
	EXPECT(!nae_msr_write(MSR_X2APIC_VERSION, 0));
	EXPECT(!nae_msr_write(MSR_X2APIC_TPR, 0x100));
	EXPECT(!nae_msr_write(MSR_X2APIC_EOI, 1));
	EXPECT(!nae_msr_write(MSR_X2APIC_SVR, 0x2000));
	EXPECT(!nae_msr_write(MSR_X2APIC_LVT_TIMER, BIT(18)));
	EXPECT(!nae_msr_write(MSR_X2APIC_TIMER_CURRENT, 1));
	EXPECT(!nae_msr_write(MSR_X2APIC_TIMER_INITIAL, BIT(32)));
	EXPECT(!nae_msr_write(MSR_X2APIC_TIMER_DIVIDE, 4));
	EXPECT(!nae_msr_read(MSR_X2APIC_NONE, &value));
	EXPECT(!nae_msr_write(MSR_X2APIC_NONE, 0));
	EXPECT(!nae_msr_write(MSR_APIC_BASE, 0));
	set(MSR_X2APIC_SVR, 0xff);
	EXPECT_EQ(reg(MSR_X2APIC_LVT_TIMER), TIMER | MASKED);
	set(MSR_X2APIC_LVT_TIMER, TIMER);
	EXPECT_EQ(reg(MSR_X2APIC_LVT_TIMER), TIMER | MASKED);
	set(MSR_X2APIC_SVR, 0x1ff);
}

static void only_x2apic(void)
{
	uint64_t value;

	set(MSR_APIC_BASE, reg(MSR_APIC_BASE) & ~(uint64_t)APIC_BASE_X2APIC);
	EXPECT(!nae_msr_read(MSR_X2APIC_ID, &value));
	EXPECT(!nae_msr_write(MSR_X2APIC_TPR, 0));
	set(MSR_APIC_BASE, reg(MSR_APIC_BASE) | APIC_BASE_X2APIC);
}

/* --- The count --- */

static void counts(void)
{
	uint64_t first;

	arm(TIMER | MASKED, 0x40000000);
	first = reg(MSR_X2APIC_TIMER_CURRENT);
	EXPECT(first < 0x40000000 && first > 0x20000000);
	EXPECT(reg(MSR_X2APIC_TIMER_CURRENT) < first);
	set(MSR_X2APIC_TIMER_DIVIDE, 0); /* by 2: the rest goes on from where it is */
	EXPECT(reg(MSR_X2APIC_TIMER_CURRENT) < first && reg(MSR_X2APIC_TIMER_CURRENT) > first / 2);
	set(MSR_X2APIC_TIMER_DIVIDE, APIC_DIVIDE_BY_1);
	set(MSR_X2APIC_TIMER_INITIAL, 0);
	EXPECT_EQ(reg(MSR_X2APIC_TIMER_CURRENT), 0);
	arm(TIMER | MASKED, 1);
	interrupts_on();
	pass_time(A_WHILE);
	interrupts_off();
	EXPECT_EQ(taken[0], 0);
	EXPECT_EQ(reg(MSR_X2APIC_TIMER_CURRENT), 0);
}

static void one_shot(void)
{
	arm(TIMER, SOON);
	interrupts_on();
	EXPECT(wait_taken(0, 1));
	pass_time(A_WHILE);
	interrupts_off();
	EXPECT_EQ(taken[0], 1);
	EXPECT_EQ(reg(MSR_X2APIC_TIMER_CURRENT), 0);
}

static void periodic(void)
{
	arm(TIMER | PERIODIC, SOON);
	interrupts_on();
	while (taken[0] < 5)
		cpu_relax();
	interrupts_off();
	set(MSR_X2APIC_TIMER_INITIAL, 0);
	interrupts_on(); /* one more may wait */
	pass_time(A_WHILE);
	interrupts_off();
	taken[0] = 0;
	EXPECT_EQ(reg(MSR_X2APIC_TIMER_CURRENT), 0);
}

static uint64_t hpet_count(void)
{
	uint64_t value;

	EXPECT(nae_mmio_read(HPET + 0xf0, 8, &value));
	return value;
}

/* On the HPET's clock, of 10 ns, it is never early; under icount it is not late either. */
static void exact(void)
{
	uint64_t armed, began = hpet_count(), least = 1000000 * TICK_NS;

	arm(TIMER, 1000000);
	armed = rdtsc();
	interrupts_on();
	EXPECT(wait_taken(0, 1));
	interrupts_off();
	EXPECT((hpet_count() - began) * 10 >= least);
	if (!guest_has_word("exact"))
		return;
	EXPECT(taken_at - armed > least - OVERHEAD);
	EXPECT(taken_at - armed < least + OVERHEAD);
}

/* --- Delivery --- */

static void waits_for_if(void)
{
	uint32_t shadow;

	arm(TIMER, 1);
	pass_time(A_WHILE);
	EXPECT_EQ(taken[0], 0);
	EXPECT_EQ(reg(MSR_X2APIC_IRR + TIMER / 32), BIT(TIMER % 32));
	/* The instruction behind STI is still in its shadow. */
	__asm__ volatile("sti; movl %1, %0; nop; cli" : "=r"(shadow) : "m"(taken[0]) : "memory");
	EXPECT_EQ(shadow, 0);
	EXPECT_EQ(taken[0], 1);
}

static void ends_halt(void)
{
	arm(TIMER, SOON);
	__asm__ volatile("sti; hlt; cli" : : : "memory");
	EXPECT_EQ(taken[0], 1);
}

static void priorities(void)
{
	ends_it = false;
	interrupts_on();
	taken[0] = 0;
	set(MSR_X2APIC_TPR, OTHER & 0xf0);
	set(MSR_X2APIC_SELF_IPI, OTHER);
	EXPECT_EQ(taken[0], 0);
	set(MSR_X2APIC_TPR, 0);
	EXPECT_EQ(taken[0], 1);
	EXPECT_EQ(reg(MSR_X2APIC_PPR), OTHER & 0xf0);
	EXPECT_EQ(reg(MSR_X2APIC_ISR + OTHER / 32), BIT(OTHER % 32));
	set(MSR_X2APIC_SELF_IPI, TIMER); /* of a lower class */
	EXPECT_EQ(taken[0], 1);
	set(MSR_X2APIC_EOI, 0);
	EXPECT_EQ(taken[0], 2);
	set(MSR_X2APIC_EOI, 0);
	interrupts_off();
	ends_it = true;
}

/* --- Ring 3 --- */

USER_CODE(wait_for_flag, "1: pause; cmpl $0, (%rdi); je 1b; int3");

static void ring_3(void)
{
	struct trap t;

	arm(TIMER, SOON);
	t = USER_RUN_FLAGS(wait_for_flag, user_flag_va, RFLAGS_FIXED | RFLAGS_IF);
	EXPECT_EQ(t.vector, VEC_BP);
	EXPECT_EQ(t.rflags & RFLAGS_IF, RFLAGS_IF);
	EXPECT_EQ(taken[0], 1);
	EXPECT_EQ(taken_cs, SELECTOR_USER_CODE);
}

/* --- VMPL 1 --- */

static void not_below(void)
{
	taken[1] = 0;
	arm(TIMER, SOON);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(taken[1], 0);
	EXPECT_EQ(taken[0], 0);
	interrupts_on();
	EXPECT(wait_taken(0, 1));
	interrupts_off();
}

/* VMPL 1's own: armed by VMPL 1, due while VMPL 0 spins in ring 3 with IF set. */
static void arms_below(void *arg)
{
	EXPECT(ghcb_setup());
	enter_x2apic();
	set(MSR_X2APIC_LVT_TIMER, BELOW);
	set(MSR_X2APIC_TIMER_INITIAL, SOON);
	ghcb_msr_run_vmpl(0);
	interrupts_on();
	EXPECT(wait_taken(1, 1));
	interrupts_off();
	(void)arg;
}

static void not_above(void)
{
	taken[1] = 0;
	vmpl_create(1, arms_below, NULL);
	EXPECT(vmpl_enter(1));
	pass_time(A_WHILE);
	arm(TIMER, 1000000);
	EXPECT_EQ(USER_RUN_FLAGS(wait_for_flag, user_flag_va, RFLAGS_FIXED | RFLAGS_IF).vector,
		VEC_BP);
	EXPECT_EQ(taken[0], 1);
	EXPECT_EQ(taken_cs, SELECTOR_USER_CODE);
	EXPECT_EQ(taken[1], 0);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(taken[1], 1);
}

/* --- What drives it --- */

static void hidden(void)
{
	uint64_t value;

	EXPECT(nae_mmio_read(HPET, 4, &value));
	EXPECT_EQ(value >> 8 & 31, 2); /* the last of three timers */
	EXPECT(nae_mmio_read(HPET + 0x100, 4, &value));
	EXPECT_EQ(value & BIT(15), 0); /* no messages */
	EXPECT(nae_mmio_write(HPET + 0x160, 4, 0));
	EXPECT(nae_mmio_write(HPET + 0x10, 4, 0)); /* stopped: not for VMPL 0 */
	EXPECT(nae_mmio_read(HPET + 0x10, 4, &value));
	EXPECT_EQ(value & 1, 0);
	one_shot();
}

/* --- Another vCPU has its own --- */

static void at_other(void *arg)
{
	enter_x2apic();
	EXPECT_EQ(reg(MSR_X2APIC_ID), cpu_self()->apic_id);
	arm(TIMER, SOON);
	interrupts_on();
	EXPECT(wait_taken(0, 1));
	interrupts_off();
	(void)arg;
}

static void other_cpu(void)
{
	set(MSR_X2APIC_LVT_TIMER, MASKED);
	set(MSR_X2APIC_TIMER_INITIAL, 0x40000000);
	EXPECT(smp_start(1, at_other, NULL));
	EXPECT(smp_join(1));
	EXPECT_EQ(taken[0], 1);
	EXPECT_EQ(reg(MSR_X2APIC_TIMER_INITIAL), 0x40000000);
	EXPECT_EQ(reg(MSR_X2APIC_LVT_TIMER), MASKED);
	EXPECT_NE(reg(MSR_X2APIC_TIMER_CURRENT), 0);
}

static const struct test_case cases[] = {
	{"what VMPL 0 had of the processor's APIC stays its own, VMPL 1 finds a reset one",
		handed_over},
	{"registers, and #GP for what they do not take", registers},
	{"nothing outside x2APIC mode", only_x2apic},
	{"the timer counts; masked, it does nothing else", counts},
	{"one shot", one_shot},
	{"periodic", periodic},
	{"its end is never early, and under icount exact", exact},
	{"IF and the shadow of STI hold it back", waits_for_if},
	{"it ends HLT", ends_halt},
	{"TPR and what is in service hold a lower class back, EOI lets it in", priorities},
	{"it interrupts ring 3", ring_3},
	{"VMPL 1 does not get it, VMPL 0 does when it is back", not_below},
	{"VMPL 1's interrupts wait while VMPL 0 is in ring 3 with IF set", not_above},
	{"the HPET that drives it looks like a PC's, and does not stop", hidden},
	{"another vCPU has a timer of its own", other_cpu},
};

/* The last one needs that other vCPU. */
void guest_main(void)
{
	check_run(cases, ARRAY_SIZE(cases) - (guest.cpu_count < 2));
}
