/* SPDX-License-Identifier: MIT */
/*
 * Two vCPUs: the forms of AP creation, reset hold, a VMSA in use, IPIs, TLB
 * flushes, and instructions on one page at once.
 */
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"
#include "vmpl.h"

#define ICR_LOW (APIC_DEFAULT_BASE + 0x300)
#define ICR_HIGH (APIC_DEFAULT_BASE + 0x310)
#define APIC_SVR (APIC_DEFAULT_BASE + 0xf0)
#define APIC_EOI (APIC_DEFAULT_BASE + 0xb0)
#define ICR_NMI 0x400
#define ICR_INIT 0x500
#define ICR_STARTUP 0x600
#define VECTOR 0x61
#define SHORTHAND_VECTOR 0x62
#define A_WHILE (1UL << 27) /* of the time-stamp counter */

static uint64_t create(
	uint32_t request, uint32_t vmpl, uint32_t apic_id, uint64_t vmsa, uint64_t features)
{
	struct nae n;

	nae_ap_creation(&n, request, vmpl, apic_id, vmsa, features);
	return n.info1 & 0xffffffff ? n.info2 : 0;
}

/* --- AP creation --- */

static void bad_requests(void)
{
	uint64_t vmsa = (uint64_t)page_alloc_vmsa(),
		 large = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE);
	uint64_t bad = GHCB_ERR_INVALID_INPUT;

	EXPECT_EQ(create(AP_CREATE, 0, 99, vmsa, 1), bad);
	EXPECT_EQ(create(AP_CREATE, 4, guest.apic_id[1], vmsa, 1), bad);
	EXPECT_EQ(create(3, 0, guest.apic_id[1], vmsa, 1), bad);
	EXPECT_EQ(create(AP_CREATE, 0, guest.apic_id[1], vmsa + 8, 1), bad);
	EXPECT_EQ(create(AP_CREATE, 0, guest.apic_id[1], large, 1), bad);
	EXPECT_EQ(create(AP_CREATE, 0, guest.apic_id[1], 1UL << 39, 1), bad);
	EXPECT_EQ(create(AP_CREATE, 0, guest.apic_id[1], vmsa, 0), bad);
}

static void send(uint32_t icr)
{
	EXPECT(nae_mmio_write(ICR_HIGH, 4, (uint64_t)guest.apic_id[1] << 24));
	EXPECT(nae_mmio_write(ICR_LOW, 4, icr));
}

static uint32_t flag, beats;

static void raise_flag(void *arg)
{
	__atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
	(void)arg;
}

static struct vmsa *new_vmsa(void (*fn)(void *arg))
{
	struct vmsa *vmsa = page_alloc_vmsa();

	vmsa_fill(vmsa, cpu_new(1, 0), fn, NULL);
	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	return vmsa;
}

static void on_init(void)
{
	struct vmsa *vmsa = new_vmsa(raise_flag);

	flag = 0;
	EXPECT_EQ(create(AP_CREATE_ON_INIT, 0, guest.apic_id[1], (uint64_t)vmsa, 1), 0);
	pass_time(4 * A_WHILE);
	EXPECT_EQ(__atomic_load_n(&flag, __ATOMIC_SEQ_CST), 0);
	send(ICR_INIT);
	EXPECT(wait_for(&flag));
}

static void beat(void *arg)
{
	for (;;)
		__atomic_fetch_add(&beats, 1, __ATOMIC_SEQ_CST);
	(void)arg;
}

static bool beats_stand_still(void)
{
	uint32_t before = __atomic_load_n(&beats, __ATOMIC_SEQ_CST);

	pass_time(4 * A_WHILE);
	return before == __atomic_load_n(&beats, __ATOMIC_SEQ_CST);
}

/* Clears the VMSA bit as soon as the page is no longer in use. */
static bool released(struct vmsa *vmsa)
{
	for (uint32_t i = 0; i < 100; i++) {
		if (vmsa_mark(vmsa, false) == RMP_SUCCESS)
			return true;
		pass_time(A_WHILE / 64);
	}
	return false;
}

static struct vmsa *beating;

static void start_beating(void)
{
	beating = new_vmsa(beat);
	beats = 0;
	EXPECT_EQ(create(AP_CREATE, 0, guest.apic_id[1], (uint64_t)beating, 1), 0);
	EXPECT(wait_for(&beats));
}

/* Against a running VMSA nothing helps: not the guest's instructions, not the host's. */
static void in_use(void)
{
	start_beating();
	EXPECT_EQ(beating->vintr_ctrl & VINTR_BUSY, VINTR_BUSY);
	EXPECT_EQ(vmsa_mark(beating, false), RMP_FAIL_INUSE);
	EXPECT_EQ(rmpadjust(beating, RMP_SIZE_4K, rmp_attributes(1, RMP_PERM_RWX)), RMP_FAIL_INUSE);
	EXPECT_NE(pvalidate(beating, RMP_SIZE_4K, false).code, RMP_SUCCESS);
	EXPECT_NE(ghcb_msr_psc((uint64_t)beating >> PAGE_SHIFT, PSC_OP_SHARED), 0);
	EXPECT(!beats_stand_still());
}

static void destroy(void)
{
	EXPECT(!beats_stand_still());
	EXPECT_EQ(create(AP_DESTROY, 0, guest.apic_id[1], 0, 1), 0);
	EXPECT_EQ(vmsa_mark(beating, false), RMP_SUCCESS);
	EXPECT_EQ(beating->vintr_ctrl & VINTR_BUSY, 0);
	EXPECT(beats_stand_still());
}

static void halt_forever(void *arg)
{
	__atomic_fetch_add(&beats, 1, __ATOMIC_SEQ_CST);
	for (;;)
		__asm__ volatile("cli; hlt");
	(void)arg;
}

static void destroy_halted(void)
{
	struct vmsa *halted = new_vmsa(halt_forever);

	beats = 0;
	EXPECT_EQ(create(AP_CREATE, 0, guest.apic_id[1], (uint64_t)halted, 1), 0);
	EXPECT(wait_for(&beats));
	pass_time(A_WHILE);
	EXPECT_EQ(create(AP_DESTROY, 0, guest.apic_id[1], 0, 1), 0);
	EXPECT_EQ(vmsa_mark(halted, false), RMP_SUCCESS);
}

static void replace(void)
{
	struct vmsa *next = new_vmsa(raise_flag);

	start_beating();
	flag = 0;
	EXPECT_EQ(create(AP_CREATE, 0, guest.apic_id[1], (uint64_t)next, 1), 0);
	EXPECT(wait_for(&flag));
	EXPECT(beats_stand_still());
	EXPECT(released(beating));
}

/* --- Reset hold --- */

static uint64_t woken_by;

static void hold_by_msr(void *arg)
{
	__atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
	woken_by = ghcb_msr_call(GHCB_MSR_AP_RESET_HOLD_REQ);
	(void)arg;
}

static void hold_by_event(void *arg)
{
	struct nae n = {.code = GHCB_EVENT_AP_RESET_HOLD};

	__atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
	nae_call(&n);
	woken_by = n.info2;
	(void)arg;
}

static void hold_and_wake(void (*fn)(void *arg))
{
	flag = 0;
	woken_by = 0;
	EXPECT(smp_start(1, fn, NULL));
	EXPECT(wait_for(&flag));
	pass_time(A_WHILE);
	EXPECT(!smp_cpu(1)->finished);
	send(ICR_STARTUP | 0x10);
	EXPECT(smp_join(1));
}

static void reset_hold(void)
{
	hold_and_wake(hold_by_msr);
	EXPECT_EQ(woken_by & GHCB_MSR_INFO_MASK, GHCB_MSR_AP_RESET_HOLD_RESP);
	EXPECT_NE(woken_by >> 12, 0);
	hold_and_wake(hold_by_event);
	EXPECT_NE(woken_by, 0);
}

static void out_of_reset_hold(void)
{
	struct vmsa *next = new_vmsa(raise_flag);

	flag = 0;
	EXPECT(smp_start(1, hold_by_msr, NULL));
	EXPECT(wait_for(&flag));
	pass_time(A_WHILE);
	flag = 0;
	EXPECT_EQ(create(AP_CREATE, 0, guest.apic_id[1], (uint64_t)next, 1), 0);
	EXPECT(wait_for(&flag));
}

/* --- Writing to a VMSA in use --- */

static uint32_t inside, left;
static struct vmsa *below;

static void stay_inside(void *arg)
{
	__atomic_store_n(&inside, 1, __ATOMIC_SEQ_CST);
	pass_time(4 * A_WHILE);
	__atomic_store_n(&left, 1, __ATOMIC_SEQ_CST);
	(void)arg;
}

static void run_below(void *arg)
{
	below = vmpl_create(1, stay_inside, NULL);
	EXPECT(vmpl_enter(1));
	(void)arg;
}

/* The store does not pass before the vCPU has left that VMSA. */
static void write_in_use(void)
{
	memory_grant(1, RMP_PERM_RWX);
	EXPECT(smp_start(1, run_below, NULL));
	EXPECT(wait_for(&inside));
	*(volatile uint64_t *)&below->kernel_gs_base = 0x5afe;
	EXPECT_EQ(__atomic_load_n(&left, __ATOMIC_SEQ_CST), 1);
	EXPECT(smp_join(1));
	EXPECT_EQ(below->kernel_gs_base, 0x5afe);
}

/* --- A lower VMPL on another vCPU --- */

static uint64_t woken_before;

static void note_order(void *arg)
{
	woken_before = woken_by;
	__atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
	(void)arg;
}

static uint32_t hold_now;

/* Until this runs, what the vCPU did before may still write woken_by. */
static void hold_then_enter(void *arg)
{
	woken_by = 0;
	__atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
	EXPECT(wait_for(&hold_now));
	woken_by = ghcb_msr_call(GHCB_MSR_AP_RESET_HOLD_REQ);
	EXPECT(vmpl_enter(1));
	(void)arg;
}

static void create_below(void)
{
	struct vmsa *vmsa = page_alloc_vmsa();

	flag = 0;
	vmsa_fill(vmsa, cpu_new(1, 1), note_order, NULL);
	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	EXPECT_EQ(create(AP_CREATE, 1, guest.apic_id[1], (uint64_t)vmsa, 1), 0);
}

static void ran_below(void)
{
	EXPECT(wait_for(&flag));
	if (guest_has_word("ap-start"))
		EXPECT_EQ(woken_before, 0);
	else
		EXPECT_EQ(woken_before & GHCB_MSR_INFO_MASK, GHCB_MSR_AP_RESET_HOLD_RESP);
}

static void start_holder(uint32_t at_once)
{
	flag = 0;
	hold_now = at_once;
	EXPECT(smp_start(1, hold_then_enter, NULL));
	EXPECT(wait_for(&flag));
	pass_time(A_WHILE);
}

/*
 * AP creation for VMPL 1 of a vCPU that waits at VMPL 0 ends the wait, so that
 * VMPL 0 may run it; a host with ap=start enters VMPL 1 at once.
 */
static void start_below(void)
{
	start_holder(1);
	create_below();
	ran_below();
}

/* So it does if it comes before the wait: a vCPU can be late, and nobody asks again. */
static void start_below_early(void)
{
	start_holder(0);
	create_below();
	pass_time(A_WHILE);
	__atomic_store_n(&hold_now, 1, __ATOMIC_SEQ_CST);
	ran_below();
}

/* --- Interrupts between vCPUs --- */

static uint32_t nmis, interrupts;

static bool count_nmi(struct trap_frame *f)
{
	__atomic_fetch_add(&nmis, 1, __ATOMIC_SEQ_CST);
	(void)f;
	return true;
}

static bool count_interrupt(struct trap_frame *f)
{
	nae_mmio_write(APIC_EOI, 4, 0);
	__atomic_fetch_add(&interrupts, 1, __ATOMIC_SEQ_CST);
	(void)f;
	return true;
}

static void take_interrupts(void *arg)
{
	uint64_t start = rdtsc();

	nae_mmio_write(APIC_SVR, 4, 0x1ff);
	interrupts_on();
	__atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
	while (!(interrupts && nmis) && rdtsc() - start < 1UL << 34)
		cpu_relax();
	interrupts_off();
	(void)arg;
}

/*
 * Interrupts belong to the lowest VMPL that has been registered, so this runs
 * before any other than VMPL 0 is.
 */
static void ipis(void)
{
	flag = 0;
	trap_handle(VEC_NMI, count_nmi);
	trap_handle(VECTOR, count_interrupt);
	EXPECT(smp_start(1, take_interrupts, NULL));
	EXPECT(wait_for(&flag));
	send(VECTOR);
	send(ICR_NMI);
	EXPECT(wait_for(&interrupts));
	EXPECT(wait_for(&nmis));
	EXPECT(smp_join(1));
	EXPECT_EQ(interrupts, 1);
	EXPECT_EQ(nmis, 1);
}

/* By shorthand each of two vCPUs sends to itself, to both, and to the other. */
#define SHORTHANDS 3U
static uint32_t by_shorthand[2];

static bool count_shorthand(struct trap_frame *f)
{
	nae_mmio_write(APIC_EOI, 4, 0);
	__atomic_fetch_add(&by_shorthand[cpu_self()->index], 1, __ATOMIC_SEQ_CST);
	(void)f;
	return true;
}

static void send_shorthand(uint32_t self, uint32_t shorthand)
{
	static const bool reaches[SHORTHANDS][2] = {{false, true}, {true, true}, {true, false}};
	bool other = reaches[shorthand - 1][0], own = reaches[shorthand - 1][1];
	uint32_t others = by_shorthand[!self] + other, owns = by_shorthand[self] + own;
	uint64_t start = rdtsc();

	EXPECT(nae_mmio_write(ICR_LOW, 4, shorthand << 18 | SHORTHAND_VECTOR));
	while ((__atomic_load_n(&by_shorthand[!self], __ATOMIC_SEQ_CST) < others ||
		       __atomic_load_n(&by_shorthand[self], __ATOMIC_SEQ_CST) < owns) &&
		rdtsc() - start < 1UL << 34)
		cpu_relax();
	pass_time(A_WHILE);
	EXPECT_EQ(by_shorthand[!self], others);
	EXPECT_EQ(by_shorthand[self], owns);
}

static void send_shorthands(uint32_t self)
{
	for (uint32_t i = 1; i <= SHORTHANDS; i++)
		send_shorthand(self, i);
}

static void shorthands_from_other(void *arg)
{
	nae_mmio_write(APIC_SVR, 4, 0x1ff);
	interrupts_on();
	__atomic_store_n(&flag, 1, __ATOMIC_SEQ_CST);
	EXPECT(wait_for(&hold_now));
	send_shorthands(1);
	interrupts_off();
	(void)arg;
}

static void shorthands(void)
{
	flag = hold_now = 0;
	trap_handle(SHORTHAND_VECTOR, count_shorthand);
	nae_mmio_write(APIC_SVR, 4, 0x1ff);
	EXPECT(smp_start(1, shorthands_from_other, NULL));
	EXPECT(wait_for(&flag));
	interrupts_on();
	send_shorthands(0);
	__atomic_store_n(&hold_now, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
	interrupts_off();
}

/* --- TLB --- */

static uint64_t va;
static uint32_t stop;

static void read_forever(void *arg)
{
	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST))
		__atomic_store_n(&flag, *(volatile uint32_t *)va, __ATOMIC_SEQ_CST);
	(void)arg;
}

/* After TLBSYNC the other vCPU knows nothing of the old page. */
static void flush(void)
{
	volatile uint32_t *first = page_alloc(), *second = page_alloc();

	*first = 1;
	*second = 2;
	va = paging_window();
	paging_map(va, pte_private((uint64_t)first));
	flag = stop = 0;
	EXPECT(smp_start(1, read_forever, NULL));
	EXPECT(wait_for(&flag));
	for (uint32_t i = 0; i < 20; i++) {
		uint32_t wanted = i & 1 ? 1 : 2;

		*paging_entry(va, 0) = pte_private((uint64_t)(wanted == 1 ? first : second));
		__asm__ volatile(INSN_INVLPGB : : "a"(va | 1), "c"(0), "d"(0) : "memory");
		__asm__ volatile(INSN_TLBSYNC : : : "memory");
		__atomic_store_n(&flag, 0, __ATOMIC_SEQ_CST);
		EXPECT(wait_for(&flag));
		pass_time(1 << 16);
		EXPECT_EQ(flag, wanted);
	}
	stop = 1;
	EXPECT(smp_join(1));
}

/* --- Two at one page --- */

#define ROUNDS 200
static uint64_t contested;
static uint32_t turn[2], changed[2];

static void validate_together(uint32_t who)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		struct pvalidate_result r;

		__atomic_store_n(&turn[who], i + 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&turn[!who], __ATOMIC_SEQ_CST) < i + 1)
			cpu_relax();
		r = pvalidate(private_view(contested + i * PAGE_SIZE), RMP_SIZE_4K, true);
		if (r.code == RMP_SUCCESS && !r.no_change)
			changed[who]++;
	}
}

static void validate_too(void *arg)
{
	validate_together(1);
	(void)arg;
}

/* Of two that validate one page at once, one sees the change. */
static void contention(void)
{
	contested = region_take(ROUNDS * PAGE_SIZE, PAGE_SIZE);
	EXPECT_EQ(psc_pages(contested, ROUNDS, PSC_OP_PRIVATE), 0);
	EXPECT(smp_start(1, validate_too, NULL));
	validate_together(0);
	EXPECT(smp_join(1));
	EXPECT_EQ(changed[0] + changed[1], ROUNDS);
}

/* --- Two on the same page tables without the C-bit --- */

#define BARE_ROUNDS 3000

static void count_on_bare_tables(uint32_t who)
{
	uint64_t root = read_cr3();
	volatile uint32_t *word = (volatile uint32_t *)va + who;

	write_cr3(root & ~guest.c_mask);
	for (uint32_t i = 0; i < BARE_ROUNDS; i++) {
		*word += 1;
		if (i % 100 == 0)
			write_cr3(root & ~guest.c_mask);
	}
	write_cr3(root);
}

static void count_too(void *arg)
{
	count_on_bare_tables(1);
	(void)arg;
}

static void bare_tables(void)
{
	const volatile uint32_t *words;

	va = paging_window();
	words = (const volatile uint32_t *)va;
	paging_map(va, pte_private((uint64_t)page_alloc()));
	for (uint32_t level = 1; level <= 3; level++)
		*paging_entry(va, level) &= ~guest.c_mask;
	write_cr3(read_cr3());
	EXPECT(smp_start(1, count_too, NULL));
	count_on_bare_tables(0);
	EXPECT(smp_join(1));
	EXPECT_EQ(words[0], BARE_ROUNDS);
	EXPECT_EQ(words[1], BARE_ROUNDS);
	for (uint32_t level = 1; level <= 3; level++)
		*paging_entry(va, level) |= guest.c_mask;
	write_cr3(read_cr3());
}

static const struct test_case cases[] = {
	{"AP creation refuses what cannot be", bad_requests},
	{"AP creation on INIT starts the vCPU at INIT, not before", on_init},
	{"a running VMSA: RMPADJUST, PVALIDATE and page state change refuse", in_use},
	{"AP creation: destroy stops the vCPU and frees its VMSA at once", destroy},
	{"AP creation: so does it a halted one", destroy_halted},
	{"AP creation: a second one replaces the first", replace},
	{"reset hold by MSR and by event, ended by a start-up IPI", reset_hold},
	{"reset hold ended by AP creation", out_of_reset_hold},
	{"an IPI and an NMI reach the other vCPU", ipis},
	{"IPIs by shorthand: to itself, to all, to all others", shorthands},
	{"INVLPGB and TLBSYNC reach the other vCPU", flush},
	{"two vCPUs validate one page: one sees the change", contention},
	{"two vCPUs on the same page tables without the C-bit", bare_tables},
	{"a store to a VMSA waits until the vCPU has left it", write_in_use},
	{"AP creation for VMPL 1 of a waiting vCPU", start_below},
	{"AP creation for VMPL 1 of a vCPU that waits only then", start_below_early},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
