/* SPDX-License-Identifier: MIT */
/* PVALIDATE at VMPL 0: results, carry flag, sizes, faults (reference: SNP instructions, 1 and 2).
 */
#include "check.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"
#include "user.h"

#define EXPECT_PVALIDATE(gpa, size, valid, wanted, carry)                               \
	do {                                                                            \
		struct pvalidate_result r_ = pvalidate(private_view(gpa), size, valid); \
		EXPECT_EQ(r_.code, wanted);                                             \
		EXPECT_EQ(r_.no_change, carry);                                         \
	} while (0)

static void carry_4k(void)
{
	uint64_t gpa = assigned_page();

	EXPECT_EQ(is_validated(gpa), 0);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, false, RMP_SUCCESS, true);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, true, RMP_SUCCESS, false);
	EXPECT_EQ(is_validated(gpa), 1);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, true, RMP_SUCCESS, true);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, false, RMP_SUCCESS, false);
	EXPECT_EQ(is_validated(gpa), 0);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, false, RMP_SUCCESS, true);
}

static uint32_t count_validated(uint64_t gpa)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < PAGES_PER_2M; i++)
		n += is_validated(gpa + i * PAGE_SIZE);
	return n;
}

static void carry_2m(void)
{
	uint64_t gpa = assigned_2m(RMP_SIZE_2M);

	EXPECT_EQ(count_validated(gpa), 0);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_2M, true, RMP_SUCCESS, false);
	EXPECT_EQ(count_validated(gpa), PAGES_PER_2M);
	EXPECT_EQ(rmpquery(private_view(gpa), 1).size, RMP_SIZE_2M);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_2M, true, RMP_SUCCESS, true);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_2M, false, RMP_SUCCESS, false);
	EXPECT_EQ(count_validated(gpa), 0);
}

static void large_on_small(void)
{
	uint64_t gpa = assigned_2m(RMP_SIZE_4K);

	EXPECT_PVALIDATE(gpa, RMP_SIZE_2M, true, RMP_FAIL_SIZEMISMATCH, false);
	EXPECT_EQ(count_validated(gpa), 0);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, true, RMP_SUCCESS, false);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_2M, false, RMP_FAIL_SIZEMISMATCH, false);
	EXPECT_EQ(count_validated(gpa), 1);
}

/* The host gets the fault, splits the entry and resumes: the guest sees a success. */
static void small_on_large(void)
{
	uint64_t gpa = assigned_2m(RMP_SIZE_2M), third = gpa + 3 * PAGE_SIZE;

	EXPECT_PVALIDATE(third, RMP_SIZE_4K, true, RMP_SUCCESS, false);
	EXPECT_EQ(count_validated(gpa), 1);
	EXPECT_EQ(is_validated(third), 1);
	EXPECT_EQ(rmpquery(private_view(third), 1).size, RMP_SIZE_4K);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_2M, true, RMP_FAIL_SIZEMISMATCH, false);
}

/* A split keeps what the large entry said: validated, with its rights. */
static void split_keeps_state(void)
{
	uint64_t gpa = assigned_2m(RMP_SIZE_2M), last = gpa + PAGE_2M_SIZE - PAGE_SIZE;

	EXPECT_PVALIDATE(gpa, RMP_SIZE_2M, true, RMP_SUCCESS, false);
	EXPECT_EQ(rmpadjust(private_view(gpa), RMP_SIZE_2M, rmp_attributes(2, RMP_PERM_READ)),
		RMP_SUCCESS);
	EXPECT_PVALIDATE(last, RMP_SIZE_4K, false, RMP_SUCCESS, false);
	EXPECT_EQ(count_validated(gpa), PAGES_PER_2M - 1);
	EXPECT_EQ(rmpquery(private_view(gpa), 2).attributes, rmp_attributes(2, RMP_PERM_READ));
	EXPECT_PVALIDATE(last, RMP_SIZE_4K, true, RMP_SUCCESS, false);
	EXPECT_EQ(rmpquery(private_view(last), 2).attributes, rmp_attributes(2, RMP_PERM_READ));
}

static void bad_input(void)
{
	uint64_t gpa = assigned_page(), large = assigned_2m(RMP_SIZE_2M);

	EXPECT_PVALIDATE(gpa, 2, true, RMP_FAIL_INPUT, false);
	EXPECT_PVALIDATE(gpa, 0xff, true, RMP_FAIL_INPUT, false);
	EXPECT_EQ(is_validated(gpa), 0);
	EXPECT_PVALIDATE(large + PAGE_SIZE, RMP_SIZE_2M, true, RMP_FAIL_INPUT, false);
	EXPECT_EQ(count_validated(large), 0);
}

static struct trap try_pvalidate(uint64_t va)
{
	return TRY(INSN_PVALIDATE, "+a"(va) : "c"(0UL), "d"(1UL) : "memory", "cc");
}

static void bad_address(void)
{
	uint64_t va = paging_window(), not_canonical = BIT(63) | assigned_page();
	struct trap t = try_pvalidate(va);

	EXPECT_EQ(t.vector, VEC_PF);
	EXPECT_EQ(t.cr2, va);
	EXPECT_EQ(t.error & (PF_P | PF_U | PF_FETCH), 0);
	t = try_pvalidate(not_canonical);
	EXPECT_EQ(t.vector, VEC_GP);
	EXPECT_EQ(t.error, 0);
}

/* Bytes stay when only the guest's validation goes and comes: the frame is the same. */
static void bytes_survive_rescind(void)
{
	uint64_t gpa = assigned_page();
	volatile uint64_t *p = private_view(gpa);

	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, true, RMP_SUCCESS, false);
	p[7] = 0x5ec4e7;
	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, false, RMP_SUCCESS, false);
	EXPECT_PVALIDATE(gpa, RMP_SIZE_4K, true, RMP_SUCCESS, false);
	EXPECT_EQ(p[7], 0x5ec4e7);
}

USER_CODE(
	user_pvalidate, "movq %rdi, %rax; xorl %ecx, %ecx; movl $1, %edx;" INSN_PVALIDATE "; int3");
USER_CODE(compat_pvalidate,
	"movl $0x100000, %eax; xorl %ecx, %ecx; movl $1, %edx;" INSN_PVALIDATE "; int3");

static void privilege(void)
{
	uint64_t va = paging_window(), gpa = assigned_page();

	paging_map(va, pte_user(gpa));
	EXPECT_EQ(USER_RUN(user_pvalidate, va).vector, VEC_GP);
	EXPECT_EQ(trap_guard_compat(compat_pvalidate).vector, VEC_UD);
	EXPECT_EQ(is_validated(gpa), 0);
}

static void status_flags(void)
{
	uint64_t gpa = assigned_page(), flags, rax = gpa;

	__asm__ volatile(INSN_PVALIDATE "; pushfq; pop %1"
			 : "+a"(rax), "=r"(flags)
			 : "c"(0UL), "d"(1UL)
			 : "memory", "cc");
	EXPECT_EQ(flags & (RFLAGS_CF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF), RFLAGS_ZF);
	rax = gpa;
	__asm__ volatile(INSN_PVALIDATE "; pushfq; pop %1"
			 : "+a"(rax), "=r"(flags)
			 : "c"(7UL), "d"(1UL)
			 : "memory", "cc");
	EXPECT_EQ(flags & RFLAGS_ZF, 0);
}

static const struct test_case cases[] = {
	{"4K: validated, rescinded, and the carry flag says 'no change' exactly", carry_4k},
	{"2M: all 512 pages, carry flag exact", carry_2m},
	{"2M on 4K entries is SIZEMISMATCH and changes nothing", large_on_small},
	{"4K on a 2M entry succeeds, the host splits unseen", small_on_large},
	{"a split entry keeps validated bits and rights", split_keeps_state},
	{"FAIL_INPUT for unknown sizes and an unaligned 2M page", bad_input},
	{"#PF for an unmapped operand, #GP for a non-canonical one", bad_address},
	{"a page's bytes outlive rescind and validate", bytes_survive_rescind},
	{"#GP at CPL 3, #UD outside 64-bit mode", privilege},
	{"ZF only on success", status_flags},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
