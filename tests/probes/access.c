/* SPDX-License-Identifier: MIT */
/*
 * Accesses and their kinds: what is private whatever the address says, what an
 * unvalidated page does, and that no byte outlives a change of owner. Accesses
 * that the host hears of end a run: fatal.c has those.
 */
#include "check.h"
#include "console.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"

#define PATTERN 0xa5c35a3c17171717ULL

static uint64_t private_page(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);

	EXPECT(page_make_private(gpa));
	return gpa;
}

/* --- The C-bit --- */

static void c_bit(void)
{
	uint64_t info = ghcb_msr_call(GHCB_MSR_SEV_INFO_REQ);

	EXPECT(guest.c_bit == 51 || guest.c_bit == 47);
	EXPECT_EQ(guest.c_bit, guest_has_word("cbit47") ? 47 : 51);
	EXPECT_EQ(info >> 24 & 0xff, guest.c_bit);
	EXPECT_EQ(guest_cpuid_entry(0x80000008, 0)->eax & 0xff, guest.c_bit);
}

/* The two views are two memories: each keeps its own bytes at the same address. */
static void kinds_are_apart(void)
{
	uint64_t gpa = region_take(2 * PAGE_SIZE, PAGE_SIZE), value;
	volatile uint64_t *shared = shared_view(gpa), *private = private_view(gpa + PAGE_SIZE);

	EXPECT(page_make_private(gpa + PAGE_SIZE));
	shared[0] = PATTERN;
	private[0] = ~PATTERN;
	EXPECT_EQ(try_read((void *)shared, &value).vector, TRAP_NONE);
	EXPECT_EQ(value, PATTERN);
	EXPECT_EQ(private[0], ~PATTERN);
}

/* --- Page walks and code fetches --- */

/* A private page mapped in the window; its tables' entries can be stripped. */
static uint64_t mapped_page(uint64_t *gpa)
{
	uint64_t va = paging_window();

	*gpa = private_page();
	paging_map(va, pte_private(*gpa));
	*(volatile uint64_t *)va = PATTERN;
	return va;
}

static void strip(uint64_t va, uint32_t level)
{
	*paging_entry(va, level) &= ~guest.c_mask;
	write_cr3(read_cr3());
}

static void restore(uint64_t va, uint32_t level)
{
	*paging_entry(va, level) |= guest.c_mask;
	write_cr3(read_cr3());
}

static void walks_are_private(void)
{
	uint64_t gpa, va = mapped_page(&gpa), value;

	for (uint32_t level = 1; level <= 3; level++) {
		strip(va, level);
		EXPECT_EQ(try_read((void *)va, &value).vector, TRAP_NONE);
		EXPECT_EQ(value, PATTERN);
		EXPECT_EQ(try_write((void *)(va + 8), level).vector, TRAP_NONE);
		EXPECT_EQ(*(volatile uint64_t *)(va + 8), level);
	}
	for (uint32_t level = 1; level <= 3; level++)
		restore(va, level);
}

static void root_is_private(void)
{
	uint64_t gpa, va = mapped_page(&gpa), value, root = read_cr3() & ~guest.c_mask;

	write_cr3(root);
	EXPECT_EQ(try_read((void *)va, &value).vector, TRAP_NONE);
	EXPECT_EQ(value, PATTERN);
	EXPECT_EQ(read_cr3(), root);
	write_cr3(root | guest.c_mask);
}

/* Firmware runs for long on such tables: more accesses than the machine would step through. */
static void long_on_bare_tables(void)
{
	uint64_t gpa, va = mapped_page(&gpa), root = read_cr3() & ~guest.c_mask;
	volatile uint64_t *word = (volatile uint64_t *)va;

	for (uint32_t level = 1; level <= 3; level++)
		strip(va, level);
	write_cr3(root);
	for (uint32_t i = 0; i < 10000; i++) {
		*word = i;
		invlpg((void *)va);
	}
	EXPECT_EQ(*word, 9999);
	EXPECT_EQ(read_cr3(), root);
	write_cr3(root | guest.c_mask);
	for (uint32_t level = 1; level <= 3; level++)
		restore(va, level);
}

/* mov $77, %eax; ret */
static const uint8_t code77[] = {0xb8, 77, 0, 0, 0, 0xc3};

static void fetches_are_private(void)
{
	uint64_t gpa, va = mapped_page(&gpa);
	uint32_t (*code)(void) = (uint32_t(*)(void))va;

	__builtin_memcpy((void *)va, code77, sizeof(code77));
	EXPECT_EQ(code(), 77);
	strip(va, 0);
	EXPECT_EQ(code(), 77);
	EXPECT_EQ(code(), 77);
	restore(va, 0);
	EXPECT_EQ(code(), 77);
}

/* pushfq; popq %rax; ret */
static const uint8_t code_flags[] = {0x9c, 0x58, 0xc3};

/* However the machine brings such a fetch about, no flag of its own is to be seen. */
static void flags_are_the_guests(void)
{
	uint64_t gpa, va = mapped_page(&gpa);

	__builtin_memcpy((void *)va, code_flags, sizeof(code_flags));
	for (uint32_t level = 0; level <= 3; level++) {
		strip(va, level);
		EXPECT_EQ(((uint64_t(*)(void))va)() & RFLAGS_TF, 0);
		restore(va, level);
	}
}

/* Accessed and dirty bits are written into a table that is reached without the C-bit. */
static void walks_write_bits(void)
{
	uint64_t gpa, va = mapped_page(&gpa);

	*paging_entry(va, 0) &= ~(PTE_A | PTE_D);
	strip(va, 1);
	EXPECT_EQ(try_write((void *)va, 1).vector, TRAP_NONE);
	EXPECT_EQ(*paging_entry(va, 0) & (PTE_A | PTE_D), PTE_A | PTE_D);
	restore(va, 1);
}

static void not_present_and_rights(void)
{
	uint64_t gpa, va = mapped_page(&gpa);
	struct trap t;

	*paging_entry(va, 0) &= ~PTE_W;
	invlpg((void *)va);
	t = try_write((void *)va, 0);
	EXPECT_EQ(t.vector, VEC_PF);
	EXPECT_EQ(t.error, PF_P | PF_W);
	EXPECT_EQ(t.cr2, va);
	strip(va, 1); /* the same while the walk is made private */
	t = try_write((void *)va, 0);
	EXPECT_EQ(t.vector, VEC_PF);
	EXPECT_EQ(t.error, PF_P | PF_W);
	restore(va, 1);
}

/* --- Pages that are not validated --- */

static void unvalidated(void)
{
	uint64_t gpa = assigned_page();
	struct trap t = try_read(private_view(gpa), NULL);

	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_PAGE_NOT_VALIDATED);
	t = try_write(private_view(gpa), 1);
	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_PAGE_NOT_VALIDATED);
}

static void call_it(void *code)
{
	((void (*)(void))code)();
}

static void unvalidated_code(void)
{
	uint64_t gpa = assigned_page();
	struct trap t = trap_guard_call(call_it, private_view(gpa));

	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_PAGE_NOT_VALIDATED);
	EXPECT_EQ(t.rip, gpa);
}

static void unvalidated_table(void)
{
	uint64_t gpa, va = mapped_page(&gpa), entry = *paging_entry(va, 1);
	struct trap t;

	*paging_entry(va, 1) = assigned_page() | PTE_P | PTE_W | guest.c_mask;
	write_cr3(read_cr3());
	t = try_read((void *)va, NULL);
	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_PAGE_NOT_VALIDATED);
	*paging_entry(va, 1) = entry;
	write_cr3(read_cr3());
}

/* An access over a boundary does its half only if both halves may be. */
static void straddling(void)
{
	uint64_t gpa = region_take(2 * PAGE_SIZE, PAGE_SIZE);
	volatile uint64_t *last = private_view(gpa + PAGE_SIZE - 8);
	struct trap t;

	EXPECT(page_make_private(gpa));
	EXPECT_EQ(ghcb_msr_psc((gpa + PAGE_SIZE) >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
	*last = PATTERN;
	t = try_write((uint8_t *)last + 4, 0);
	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_PAGE_NOT_VALIDATED);
	EXPECT_EQ(*last, PATTERN);
}

/* --- Bytes --- */

static bool any_zero(const volatile uint64_t *p)
{
	for (uint32_t i = 0; i < PAGE_SIZE / 8; i++)
		if (!p[i])
			return true;
	return false;
}

static uint32_t count_pattern(const volatile uint64_t *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < PAGE_SIZE / 8; i++)
		n += p[i] == PATTERN;
	return n;
}

static void fill(volatile uint64_t *p)
{
	for (uint32_t i = 0; i < PAGE_SIZE / 8; i++)
		p[i] = PATTERN;
}

static void never_zero_by_luck(void)
{
	uint64_t first = private_page(), second = private_page();
	uint64_t shared = region_take(PAGE_SIZE, PAGE_SIZE);

	EXPECT(!any_zero(private_view(first)));
	EXPECT(!any_zero(private_view(second)));
	EXPECT(!any_zero(shared_view(shared)));
	EXPECT_NE(*(uint64_t *)private_view(first), *(uint64_t *)private_view(second));
}

static void bytes_do_not_survive(void)
{
	uint64_t gpa = private_page();

	fill(private_view(gpa));
	EXPECT_EQ(count_pattern(private_view(gpa)), PAGE_SIZE / 8);
	EXPECT(page_make_shared(gpa));
	EXPECT_EQ(count_pattern(shared_view(gpa)), 0);
	EXPECT(!any_zero(shared_view(gpa)));
	fill(shared_view(gpa));
	EXPECT(page_make_private(gpa));
	EXPECT_EQ(count_pattern(private_view(gpa)), 0);
	EXPECT(!any_zero(private_view(gpa)));
}

static void large_pages_forget(void)
{
	uint64_t gpa = assigned_2m(RMP_SIZE_2M), last = gpa + PAGE_2M_SIZE - PAGE_SIZE;
	uint64_t shared = (uint64_t)PSC_OP_SHARED << PSC_ENTRY_OP_SHIFT | PSC_ENTRY_2M;

	EXPECT_EQ(pvalidate(private_view(gpa), RMP_SIZE_2M, true).code, RMP_SUCCESS);
	fill(private_view(gpa));
	fill(private_view(last));
	EXPECT_EQ(pvalidate(private_view(gpa), RMP_SIZE_2M, false).code, RMP_SUCCESS);
	EXPECT_EQ(psc_entry(gpa | shared), 0);
	EXPECT_EQ(count_pattern(shared_view(gpa)), 0);
	EXPECT_EQ(count_pattern(shared_view(last)), 0);
}

/* --- Unusual memory --- */

static void is_ram(uint64_t gpa)
{
	volatile uint64_t *p = private_view(gpa);

	if (!EXPECT(page_make_private(gpa)))
		return;
	p[0] = PATTERN;
	p[511] = ~PATTERN;
	EXPECT_EQ(p[0], PATTERN);
	EXPECT_EQ(p[511], ~PATTERN);
}

static void legacy_and_firmware(void)
{
	is_ram(0xa0000);
	is_ram(0xc0000);
	is_ram(0xff000);
	is_ram(0xfc000000);
	is_ram(0xfebff000);
	is_ram(0xff000000);
	is_ram(0xfffff000);
}

/* The launch VMSA stands at an address that leads nowhere. */
static void launch_vmsa(void)
{
	uint64_t va = paging_window(), gpa = VMSA_LAUNCH_GPA & (guest.c_mask - 1);

	paging_map(va, pte_private(gpa));
	EXPECT_NE(try_read((void *)va, NULL).vector, TRAP_NONE);
	EXPECT_NE(ghcb_msr_psc(VMSA_LAUNCH_GPA >> PAGE_SHIFT, PSC_OP_SHARED), 0);
}

static const struct test_case cases[] = {
	{"the C-bit is the same in CPUID, GHCB and address size", c_bit},
	{"a shared and a private page side by side", kinds_are_apart},
	{"page walks are private though no table's address has the C-bit", walks_are_private},
	{"page walks are private though CR3 lacks the C-bit", root_is_private},
	{"ten thousand accesses through tables without the C-bit", long_on_bare_tables},
	{"code fetches are private though the page lacks the C-bit", fetches_are_private},
	{"flags pushed by such code are its own", flags_are_the_guests},
	{"accessed and dirty bits reach a table without the C-bit", walks_write_bits},
	{"#PF keeps its error code, also under a private walk", not_present_and_rights},
	{"an unvalidated page is #VC 404h for read and write", unvalidated},
	{"an unvalidated page is #VC 404h for a fetch", unvalidated_code},
	{"an unvalidated page table is #VC 404h", unvalidated_table},
	{"a store across into an unvalidated page changes nothing", straddling},
	{"memory is never zero by luck", never_zero_by_luck},
	{"bytes do not survive between shared and private, either way", bytes_do_not_survive},
	{"nor do those of a 2M page", large_pages_forget},
	{"RAM below 1 MiB and at the top of 4 GiB is RAM", legacy_and_firmware},
	{"the launch VMSA cannot be reached", launch_vmsa},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
