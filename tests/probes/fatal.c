/* SPDX-License-Identifier: MIT */
/*
 * Accesses and requests that end a run: each word of the command line is one,
 * and tests/probes/runs says which end the host has to tell. A case that comes
 * back has failed.
 */
#include <string.h>

#include "check.h"
#include "console.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"
#include "user.h"
#include "vmpl.h"

/* mov $77, %eax; ret */
static const uint8_t code77[] = {0xb8, 77, 0, 0, 0, 0xc3};

static uint64_t private_page(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);

	EXPECT(page_make_private(gpa));
	return gpa;
}

static uint64_t shared_page(void)
{
	uint64_t gpa;

	page_alloc_shared(&gpa);
	return gpa;
}

/* --- Accesses of the wrong kind --- */

static void private_read(void)
{
	(void)*(volatile uint64_t *)private_view(shared_page());
}

static void private_write(void)
{
	*(volatile uint64_t *)private_view(shared_page()) = 1;
}

static void shared_read(void)
{
	(void)*(volatile uint64_t *)shared_view(private_page());
}

static void shared_write(void)
{
	*(volatile uint64_t *)shared_view(private_page()) = 1;
}

/* Data through a mapping without the C-bit stays shared, though fetches are not. */
static void shared_data_of_code(void)
{
	uint64_t gpa = private_page(), va = paging_window();

	memcpy(private_view(gpa), code77, sizeof(code77));
	paging_map(va, gpa | PTE_P | PTE_W);
	if (((uint32_t(*)(void))va)() == 77)
		(void)*(volatile uint64_t *)va;
}

static void shared_fetch(void)
{
	uint64_t gpa = shared_page(), va = paging_window();

	memcpy(shared_view(gpa), code77, sizeof(code77));
	paging_map(va, gpa | PTE_P | PTE_W);
	((uint32_t(*)(void))va)();
}

static void shared_table(void)
{
	uint64_t va = paging_window();

	paging_map(va, pte_private(private_page()));
	*paging_entry(va, 1) = shared_page() | PTE_P | PTE_W | guest.c_mask;
	write_cr3(read_cr3());
	(void)*(volatile uint64_t *)va;
}

/* The same where nothing says private but the walk itself. */
static void shared_table_unsaid(void)
{
	uint64_t va = paging_window();

	paging_map(va, pte_private(private_page()));
	*paging_entry(va, 1) = region_take(PAGE_SIZE, PAGE_SIZE) | PTE_P | PTE_W;
	write_cr3(read_cr3());
	(void)*(volatile uint64_t *)va;
}

/* A table that was used without the C-bit is private data once other tables are loaded. */
static void bare_table_data(void)
{
	uint64_t gpa = private_page(), va = paging_window(), alias = paging_window();
	uint64_t table;

	paging_map(va, pte_private(gpa));
	table = *paging_entry(va, 1) & PTE_ADDR_MASK & ~guest.c_mask;
	*paging_entry(va, 1) &= ~guest.c_mask;
	write_cr3(read_cr3());
	for (uint32_t i = 0; i < 1000; i++) {
		*(volatile uint64_t *)va = i;
		invlpg((void *)va);
	}
	*paging_entry(va, 1) |= guest.c_mask;
	paging_map(alias, table | PTE_P | PTE_W);
	write_cr3(read_cr3());
	(void)*(volatile uint64_t *)alias;
}

static void pvalidate_shared(void)
{
	pvalidate(private_view(shared_page()), RMP_SIZE_4K, true);
}

static void rmpadjust_shared(void)
{
	rmpadjust(private_view(shared_page()), RMP_SIZE_4K, rmp_attributes(1, 0));
}

/* The host takes a page back without a word. */
static void taken_back(void)
{
	volatile uint64_t *p = page_alloc();

	*p = 1;
	EXPECT_EQ(ghcb_msr_psc((uint64_t)p >> PAGE_SHIFT, PSC_OP_SHARED), 0);
	(void)*p;
}

/* --- Rights of a VMPL --- */

static uint64_t page;

static void below(uint64_t perms, void (*fn)(void *arg))
{
	memory_grant(1, RMP_PERM_RWX);
	memcpy(private_view(page), code77, sizeof(code77));
	EXPECT_EQ(
		rmpadjust(private_view(page), RMP_SIZE_4K, rmp_attributes(1, perms)), RMP_SUCCESS);
	vmpl_create(1, fn, NULL);
	EXPECT(vmpl_enter(1));
}

static void do_read(void *arg)
{
	(void)*(volatile uint64_t *)page;
	(void)arg;
}

static void do_write(void *arg)
{
	*(volatile uint64_t *)page = 1;
	(void)arg;
}

static void do_call(void *arg)
{
	((uint32_t(*)(void))page)();
	(void)arg;
}

static uint64_t user_va, user_stack;

static void do_call_user(void *arg)
{
	trap_guard_user(user_va, user_stack + PAGE_SIZE - 16, 0);
	(void)arg;
}

/* A page table wants reading and writing, whatever is done through it. */
static uint64_t table_va;

static void do_walk(void *arg)
{
	(void)*(volatile uint64_t *)table_va;
	(void)arg;
}

static void vmpl_no_read(void)
{
	below(0, do_read);
}

static void vmpl_no_write(void)
{
	below(RMP_PERM_READ | RMP_PERM_EXEC_USER | RMP_PERM_EXEC_SUPER, do_write);
}

static void vmpl_no_super(void)
{
	below(RMP_PERM_READ | RMP_PERM_WRITE | RMP_PERM_EXEC_USER, do_call);
}

static void vmpl_no_user(void)
{
	user_va = paging_window();
	user_stack = paging_window();
	paging_map(user_stack, pte_user((uint64_t)page_alloc()));
	paging_map(user_va, pte_user(page));
	below(RMP_PERM_READ | RMP_PERM_WRITE | RMP_PERM_EXEC_SUPER, do_call_user);
}

static void vmpl_no_walk(void)
{
	memory_grant(1, RMP_PERM_RWX);
	table_va = paging_window();
	paging_map(table_va, pte_private((uint64_t)page_alloc()));
	EXPECT_EQ(
		rmpadjust(private_view(ALIGN_DOWN((uint64_t)paging_entry(table_va, 0), PAGE_SIZE)),
			RMP_SIZE_4K, rmp_attributes(1, RMP_PERM_READ)),
		RMP_SUCCESS);
	vmpl_create(1, do_walk, NULL);
	EXPECT(vmpl_enter(1));
}

/* A VMSA page is VMPL 0's: VMPL 1 cannot reach the one it runs from, nor any other. */
static void vmpl_own_vmsa(void)
{
	struct vmsa *vmsa;

	memory_grant(1, RMP_PERM_RWX);
	vmsa = vmpl_create(1, do_read, NULL);
	page = (uint64_t)vmsa;
	EXPECT(vmpl_enter(1));
}

/* --- VMRUN's refusals --- */

static struct vmsa *good_vmsa(void)
{
	struct vmsa *vmsa = page_alloc_vmsa();

	vmsa_fill(vmsa, cpu_new(0, 1), do_read, NULL);
	return vmsa;
}

static void run_it(struct vmsa *vmsa)
{
	vmpl_register(1, vmsa);
	EXPECT(vmpl_enter(1));
}

static void vmsa_no_bit(void)
{
	run_it(good_vmsa());
}

static void vmsa_bit_cleared(void)
{
	struct vmsa *vmsa = good_vmsa();

	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	EXPECT_EQ(vmsa_mark(vmsa, false), RMP_SUCCESS);
	run_it(vmsa);
}

static void vmsa_no_svme(void)
{
	struct vmsa *vmsa = good_vmsa();

	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	vmsa->efer &= ~EFER_SVME;
	run_it(vmsa);
}

static void vmsa_busy(void)
{
	struct vmsa *vmsa = good_vmsa();

	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	vmsa->vintr_ctrl |= VINTR_BUSY;
	run_it(vmsa);
}

static void vmsa_xcr0(void)
{
	struct vmsa *vmsa = good_vmsa();

	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	vmsa->xcr0 = 0x207;
	run_it(vmsa);
}

static void vmsa_other_vmpl(void)
{
	struct vmsa *vmsa = good_vmsa();

	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	vmsa->vmpl = 0;
	run_it(vmsa);
}

static void vmsa_features_lacking(void)
{
	struct vmsa *vmsa = good_vmsa();

	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	vmsa->sev_features |= SEV_FEATURE_SECURE_TSC;
	run_it(vmsa);
}

static void vmsa_rescinded(void)
{
	struct vmsa *vmsa = good_vmsa();

	EXPECT_EQ(vmsa_mark(vmsa, true), RMP_SUCCESS);
	EXPECT_EQ(pvalidate(vmsa, RMP_SIZE_4K, false).code, RMP_SUCCESS);
	run_it(vmsa);
}

static void vmsa_shared(void)
{
	struct vmsa *vmsa = good_vmsa();

	EXPECT(page_make_shared((uint64_t)vmsa));
	run_it(vmsa);
}

/* --- Two vCPUs --- */

static uint32_t looking;

static void look_forever(void *arg)
{
	for (;;)
		__atomic_store_n(
			&looking, (uint32_t) * (volatile uint64_t *)page | 1, __ATOMIC_SEQ_CST);
	(void)arg;
}

static struct vmsa *others;

static void look_from_below(void *arg)
{
	others = vmpl_create(1, look_forever, NULL);
	EXPECT(vmpl_enter(1));
	(void)arg;
}

static void start_looking(void)
{
	memory_grant(1, RMP_PERM_RWX);
	EXPECT_EQ(rmpadjust(private_view(page), RMP_SIZE_4K, rmp_attributes(1, RMP_PERM_READ)),
		RMP_SUCCESS);
	EXPECT(smp_start(1, look_from_below, NULL));
	EXPECT(wait_for(&looking));
}

/* Rights taken away are gone on the other vCPU once the flush is complete. */
static void revoked(void)
{
	static const uint32_t never;

	start_looking();
	EXPECT_EQ(rmpadjust(private_view(page), RMP_SIZE_4K, rmp_attributes(1, 0)), RMP_SUCCESS);
	__asm__ volatile(INSN_INVLPGB : : "a"(0), "c"(0), "d"(0) : "memory");
	__asm__ volatile(INSN_TLBSYNC : : : "memory");
	EXPECT(wait_for(&never));
}

/* A page that goes to the host is gone for the other vCPU when the host has answered. */
static void taken_from_other(void)
{
	static const uint32_t never;

	EXPECT(smp_start(1, look_forever, NULL));
	EXPECT(wait_for(&looking));
	EXPECT_EQ(ghcb_msr_psc(page >> PAGE_SHIFT, PSC_OP_SHARED), 0);
	EXPECT(wait_for(&never));
}

/* The VMSA that vCPU 1 runs, asked for on vCPU 0. */
/* Without a flush the other vCPU goes on with what its TLB has; then it must not. */
static void stale(void)
{
	start_looking();
	EXPECT_EQ(rmpadjust(private_view(page), RMP_SIZE_4K, rmp_attributes(1, 0)), RMP_SUCCESS);
	for (uint32_t i = 0; i < 10; i++) {
		__atomic_store_n(&looking, 0, __ATOMIC_SEQ_CST);
		if (!wait_for(&looking))
			check_abort("there was no stale translation");
	}
	__asm__ volatile(INSN_INVLPGB : : "a"(0), "c"(0), "d"(0) : "memory");
	__asm__ volatile(INSN_TLBSYNC : : : "memory");
	__atomic_store_n(&looking, 0, __ATOMIC_SEQ_CST);
	EXPECT(wait_for(&looking));
}

static void take_right(void)
{
	memory_grant(1, RMP_PERM_RWX);
	vmpl_create(1, look_forever, NULL);
	EXPECT_EQ(rmpadjust(private_view(page), RMP_SIZE_4K, rmp_attributes(1, RMP_PERM_READ)),
		RMP_SUCCESS);
	EXPECT_EQ(rmpadjust(private_view(page), RMP_SIZE_4K, rmp_attributes(1, 0)), RMP_SUCCESS);
}

/* A flush of one address, or none before TLBSYNC, is not enough. */
static void not_flushed(void)
{
	take_right();
	__asm__ volatile(INSN_INVLPGB : : "a"(page | 1), "c"(0), "d"(0) : "memory");
	__asm__ volatile(INSN_TLBSYNC : : : "memory");
	EXPECT(vmpl_enter(1));
}

static void flushed(void)
{
	take_right();
	__asm__ volatile(INSN_INVLPGB : : "a"(0), "c"(0), "d"(0) : "memory");
	__asm__ volatile(INSN_TLBSYNC : : : "memory");
	EXPECT(vmpl_enter(1));
}

static void vmsa_in_use(void)
{
	start_looking();
	run_it(others);
}

/* --- Ends that the guest asks for, or runs into --- */

static void terminate_msr(void)
{
	guest_terminate(1, 5);
}

static void terminate_event(void)
{
	struct nae n = {.code = GHCB_EVENT_TERMINATE, .info1 = 1 | 7 << 4};

	nae_call(&n);
}

static void ghcb_private(void)
{
	wrmsr(MSR_GHCB, private_page());
	vmgexit();
}

static void load_no_idt(void)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} PACKED none = {0, 0};

	__asm__ volatile("lidt %0" : : "m"(none));
}

static void triple_fault(void)
{
	load_no_idt();
	__asm__ volatile("int3");
}

static void undeliverable_vc(void)
{
	load_no_idt();
	__asm__ volatile("cpuid" : : : "rax", "rbx", "rcx", "rdx");
}

static void status_255(void)
{
	guest_exit(255);
}

static void reboot(void)
{
	nae_port_out(0xcf9, 1, 6);
}

static void panic(void)
{
	nae_port_out(0x505, 1, 1);
	nae_port_out(0x604, 2, 0x2000);
}

static void poweroff(void)
{
	nae_port_out(0x604, 2, 0x2000);
}

static const struct {
	const char *word;
	void (*run)(void);
} fatal[] = {
	{"private-read", private_read},
	{"private-write", private_write},
	{"shared-read", shared_read},
	{"shared-write", shared_write},
	{"shared-data-of-code", shared_data_of_code},
	{"shared-fetch", shared_fetch},
	{"shared-table", shared_table},
	{"shared-table-unsaid", shared_table_unsaid},
	{"bare-table-data", bare_table_data},
	{"pvalidate-shared", pvalidate_shared},
	{"rmpadjust-shared", rmpadjust_shared},
	{"taken-back", taken_back},
	{"vmpl-no-read", vmpl_no_read},
	{"vmpl-no-write", vmpl_no_write},
	{"vmpl-no-super", vmpl_no_super},
	{"vmpl-no-user", vmpl_no_user},
	{"vmpl-no-walk", vmpl_no_walk},
	{"vmpl-own-vmsa", vmpl_own_vmsa},
	{"vmsa-no-bit", vmsa_no_bit},
	{"vmsa-bit-cleared", vmsa_bit_cleared},
	{"vmsa-no-svme", vmsa_no_svme},
	{"vmsa-busy", vmsa_busy},
	{"vmsa-xcr0", vmsa_xcr0},
	{"vmsa-other-vmpl", vmsa_other_vmpl},
	{"vmsa-features", vmsa_features_lacking},
	{"vmsa-rescinded", vmsa_rescinded},
	{"vmsa-shared", vmsa_shared},
	{"vmpl-revoked", revoked},
	{"vmpl-stale", stale},
	{"not-flushed", not_flushed},
	{"flushed", flushed},
	{"taken-from-other", taken_from_other},
	{"vmsa-in-use", vmsa_in_use},
	{"terminate-msr", terminate_msr},
	{"terminate-event", terminate_event},
	{"ghcb-private", ghcb_private},
	{"triple-fault", triple_fault},
	{"undeliverable-vc", undeliverable_vc},
	{"status-255", status_255},
	{"reboot", reboot},
	{"panic", panic},
	{"poweroff", poweroff},
};

void guest_main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++) {
		if (guest_has_word(fatal[i].word)) {
			page = private_page();
			fatal[i].run();
			check_abort("%s came back", fatal[i].word);
		}
	}
	check_abort("no such case: '%s'", guest.cmdline);
}
