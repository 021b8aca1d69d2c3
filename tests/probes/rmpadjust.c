/* SPDX-License-Identifier: MIT */
/*
 * RMPADJUST and RMPQUERY: result codes at VMPL 0 and below it, what is kept
 * and what is reset. What the rights mean for accesses: permissions.c.
 */
#include "check.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "rmp_help.h"
#include "user.h"
#include "vmpl.h"

static uint64_t adjust(uint64_t gpa, uint64_t vmpl, uint64_t perms)
{
	return rmpadjust(private_view(gpa), RMP_SIZE_4K, rmp_attributes(vmpl, perms));
}

static uint64_t perms_of(uint64_t gpa, uint64_t vmpl)
{
	struct rmpquery_result r = rmpquery(private_view(gpa), vmpl);

	EXPECT_EQ(r.code, RMP_SUCCESS);
	EXPECT_EQ(r.attributes & 0xff, vmpl);
	return r.attributes >> RMPADJUST_PERM_SHIFT;
}

static uint64_t private_page(void)
{
	uint64_t gpa = region_take(PAGE_SIZE, PAGE_SIZE);

	EXPECT(page_make_private(gpa));
	return gpa;
}

static void fresh_rights(void)
{
	uint64_t gpa = private_page();

	for (uint32_t vmpl = 1; vmpl < VMPL_COUNT; vmpl++)
		EXPECT_EQ(perms_of(gpa, vmpl), 0);
}

static void each_right(void)
{
	uint64_t gpa = private_page();

	for (uint32_t perms = 0; perms <= RMP_PERM_RWX; perms++) {
		for (uint32_t vmpl = 1; vmpl < VMPL_COUNT; vmpl++) {
			EXPECT_EQ(adjust(gpa, vmpl, perms ^ vmpl), RMP_SUCCESS);
			EXPECT_EQ(perms_of(gpa, vmpl), perms ^ vmpl);
		}
		for (uint32_t vmpl = 1; vmpl < VMPL_COUNT; vmpl++)
			EXPECT_EQ(perms_of(gpa, vmpl), perms ^ vmpl);
	}
}

static void refusals(void)
{
	uint64_t gpa = private_page();

	EXPECT_EQ(adjust(gpa, 0, 0), RMP_FAIL_PERMISSION);
	EXPECT_EQ(adjust(gpa, 4, 0), RMP_FAIL_INPUT);
	EXPECT_EQ(adjust(gpa, 0xff, 0), RMP_FAIL_INPUT);
	EXPECT_EQ(rmpadjust(private_view(gpa), 2, rmp_attributes(1, 0)), RMP_FAIL_INPUT);
	EXPECT_EQ(rmpadjust(private_view(gpa), RMP_SIZE_4K, rmp_attributes(1, 0) | BIT(17)),
		RMP_FAIL_INPUT);
	EXPECT_EQ(rmpquery(private_view(gpa), 4).code, RMP_FAIL_INPUT);
	EXPECT_EQ(rmpquery(private_view(gpa), 0).code, RMP_FAIL_PERMISSION);
	EXPECT_EQ(perms_of(gpa, 1), 0);
}

static void sizes(void)
{
	uint64_t small = assigned_2m(RMP_SIZE_4K), large = assigned_2m(RMP_SIZE_2M);

	for (uint32_t i = 0; i < PAGES_PER_2M; i++)
		pvalidate(private_view(small + i * PAGE_SIZE), RMP_SIZE_4K, true);
	pvalidate(private_view(large), RMP_SIZE_2M, true);
	EXPECT_EQ(rmpadjust(private_view(small), RMP_SIZE_2M, rmp_attributes(1, RMP_PERM_RWX)),
		RMP_FAIL_SIZEMISMATCH);
	EXPECT_EQ(perms_of(small, 1), 0);
	EXPECT_EQ(rmpadjust(private_view(large), RMP_SIZE_2M, rmp_attributes(1, RMP_PERM_RWX)),
		RMP_SUCCESS);
	EXPECT_EQ(perms_of(large + 511 * PAGE_SIZE, 1), RMP_PERM_RWX);
	EXPECT_EQ(adjust(large + PAGE_SIZE, 1, RMP_PERM_READ), RMP_SUCCESS); /* split unseen */
	EXPECT_EQ(perms_of(large + PAGE_SIZE, 1), RMP_PERM_READ);
	EXPECT_EQ(perms_of(large + 2 * PAGE_SIZE, 1), RMP_PERM_RWX);
	EXPECT_EQ(rmpquery(private_view(large), 1).size, RMP_SIZE_4K);
}

static struct trap try_rmpadjust(uint64_t va)
{
	return TRY(INSN_RMPADJUST, "+a"(va) : "c"(0UL), "d"(1UL) : "memory", "cc");
}

static struct trap try_rmpquery(uint64_t va)
{
	uint64_t rdx = 1, rcx = 0;

	return TRY(INSN_RMPQUERY, "+a"(va), "+d"(rdx), "+c"(rcx) : : "memory", "cc");
}

static void not_validated(void)
{
	uint64_t gpa = assigned_page();
	struct trap t = try_rmpadjust(gpa);

	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_PAGE_NOT_VALIDATED);
	t = try_rmpquery(gpa);
	EXPECT_EQ(t.vector, VEC_VC);
	EXPECT_EQ(t.error, SVM_EXIT_PAGE_NOT_VALIDATED);
}

static void bad_address(void)
{
	uint64_t va = paging_window();

	EXPECT_EQ(try_rmpadjust(va).vector, VEC_PF);
	EXPECT_EQ(try_rmpquery(va).vector, VEC_PF);
	EXPECT_EQ(try_rmpadjust(BIT(63) | va).vector, VEC_GP);
}

USER_CODE(
	user_rmpadjust, "movq %rdi, %rax; xorl %ecx, %ecx; movl $1, %edx;" INSN_RMPADJUST "; int3");
USER_CODE(user_rmpquery, "movq %rdi, %rax; movl $1, %edx;" INSN_RMPQUERY "; int3");
USER_CODE(compat_rmpadjust,
	"movl $0x100000, %eax; xorl %ecx, %ecx; movl $1, %edx;" INSN_RMPADJUST "; int3");

static void privilege(void)
{
	uint64_t va = paging_window();

	paging_map(va, pte_user(private_page()));
	EXPECT_EQ(USER_RUN(user_rmpadjust, va).vector, VEC_GP);
	EXPECT_EQ(USER_RUN(user_rmpquery, va).vector, VEC_GP);
	EXPECT_EQ(trap_guard_compat(compat_rmpadjust).vector, VEC_UD);
}

/* Rights given to a lower VMPL are still there after rescind and validate. */
static void rights_persist(void)
{
	uint64_t gpa = private_page();

	EXPECT_EQ(adjust(gpa, 3, RMP_PERM_READ | RMP_PERM_WRITE), RMP_SUCCESS);
	EXPECT_EQ(pvalidate(private_view(gpa), RMP_SIZE_4K, false).code, RMP_SUCCESS);
	EXPECT_EQ(pvalidate(private_view(gpa), RMP_SIZE_4K, true).code, RMP_SUCCESS);
	EXPECT_EQ(perms_of(gpa, 3), RMP_PERM_READ | RMP_PERM_WRITE);
}

/* The host's RMPUPDATE resets everything. */
static void rights_reset(void)
{
	uint64_t gpa = private_page();

	EXPECT_EQ(rmpadjust(private_view(gpa), RMP_SIZE_4K,
			  rmp_attributes(1, RMP_PERM_RWX) | RMPADJUST_VMSA),
		RMP_SUCCESS);
	EXPECT(page_make_shared(gpa));
	EXPECT(page_make_private(gpa));
	EXPECT_EQ(rmpquery(private_view(gpa), 1).attributes, rmp_attributes(1, 0));
}

static void vmsa_bit(void)
{
	uint64_t gpa = private_page(), large = assigned_2m(RMP_SIZE_2M);

	EXPECT_EQ(vmsa_mark(private_view(gpa), true), RMP_SUCCESS);
	EXPECT_EQ(rmpquery(private_view(gpa), 1).attributes, rmp_attributes(1, 0) | RMPADJUST_VMSA);
	EXPECT_EQ(adjust(gpa, 2, RMP_PERM_READ), RMP_SUCCESS); /* without the bit: cleared */
	EXPECT_EQ(rmpquery(private_view(gpa), 2).attributes, rmp_attributes(2, RMP_PERM_READ));
	pvalidate(private_view(large), RMP_SIZE_2M, true);
	EXPECT_EQ(
		rmpadjust(private_view(large), RMP_SIZE_2M, rmp_attributes(1, 0) | RMPADJUST_VMSA),
		RMP_FAIL_INPUT);
}

/* --- From VMPL 1 --- */

static uint64_t page_rw, page_none;
static struct {
	uint64_t own_level, above, more_than_own, within_own, vmsa, query_own, query_below;
	uint64_t query_attributes;
	uint64_t pvalidate_vector;
} below;

static void from_vmpl1(void *arg)
{
	uint64_t rax = page_rw;

	below.own_level = adjust(page_rw, 1, 0);
	below.above = adjust(page_rw, 0, 0);
	below.more_than_own = adjust(page_rw, 2, RMP_PERM_RWX);
	below.within_own = adjust(page_rw, 2, RMP_PERM_READ);
	below.vmsa = rmpadjust(private_view(page_rw), RMP_SIZE_4K,
		rmp_attributes(2, RMP_PERM_READ) | RMPADJUST_VMSA);
	below.query_own = rmpquery(private_view(page_rw), 1).code;
	below.query_below = rmpquery(private_view(page_rw), 2).code;
	below.query_attributes = rmpquery(private_view(page_rw), 2).attributes;
	below.pvalidate_vector = TRY(INSN_PVALIDATE, "+a"(rax)
				     : "c"(0UL), "d"(1UL)
				     : "memory", "cc")
					 .vector;
	(void)arg;
}

static void below_vmpl0(void)
{
	page_rw = private_page();
	page_none = private_page();
	memory_grant(1, RMP_PERM_RWX);
	EXPECT_EQ(adjust(page_rw, 1, RMP_PERM_READ | RMP_PERM_WRITE), RMP_SUCCESS);
	vmpl_create(1, from_vmpl1, NULL);
	EXPECT(vmpl_enter(1));
	EXPECT_EQ(below.own_level, RMP_FAIL_PERMISSION);
	EXPECT_EQ(below.above, RMP_FAIL_PERMISSION);
	EXPECT_EQ(below.more_than_own, RMP_FAIL_PERMISSION);
	EXPECT_EQ(below.within_own, RMP_SUCCESS);
	EXPECT_EQ(below.vmsa, RMP_FAIL_PERMISSION);
	EXPECT_EQ(below.query_own, RMP_FAIL_PERMISSION);
	EXPECT_EQ(below.query_below, RMP_SUCCESS);
	EXPECT_EQ(below.query_attributes, rmp_attributes(2, RMP_PERM_READ));
	EXPECT_EQ(below.pvalidate_vector, VEC_GP);
	EXPECT_EQ(perms_of(page_rw, 2), RMP_PERM_READ);
	EXPECT_EQ(perms_of(page_rw, 1), RMP_PERM_READ | RMP_PERM_WRITE);
}

static const struct test_case cases[] = {
	{"a validated page gives VMPL 1 to 3 nothing", fresh_rights},
	{"each set of rights, each VMPL for itself", each_right},
	{"own or higher VMPL, unknown VMPL, size, reserved bits", refusals},
	{"2M on 4K is SIZEMISMATCH, 4K on 2M splits unseen", sizes},
	{"#VC 404h on a page that is not validated", not_validated},
	{"#PF for an unmapped operand, #GP for a non-canonical one", bad_address},
	{"#GP at CPL 3, #UD outside 64-bit mode", privilege},
	{"rights outlive rescind and validate", rights_persist},
	{"rights and VMSA bit do not outlive a page state change", rights_reset},
	{"the VMSA bit is set, shown and cleared, on 4K pages only", vmsa_bit},
	{"VMPL 1 gives no more than it has, no VMSA, and PVALIDATE is #GP", below_vmpl0},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
