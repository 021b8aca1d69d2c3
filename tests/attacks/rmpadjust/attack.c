/* SPDX-License-Identifier: MIT */
/*
 * RMPADJUST and PVALIDATE by the guest itself. From VMPL2 it tries to give
 * itself or VMPL3 rights to the paravisor's pages and to save areas, to take
 * VMPL0's or its own rights away, to make a page a VMSA, and to change what is
 * validated.
 *
 * The processor lets no level act for itself or for one above it, nor give what
 * it does not have. This holds only as long as the paravisor has given the guest
 * nothing of its own: each of its pages is tried.
 */
#include "accomplice.h"

#include "insn.h"
#include "vmpl.h"

/* Two GHCBs; a message, its answer, and four pages for certificates. */
#define OWN_SHARED_PAGES 8U

static uint64_t first, end;

static void upwards(void)
{
	void *page = page_alloc();

	for (uint64_t vmpl = 0; vmpl <= guest.vmpl; vmpl++)
		for (uint64_t perms = 0; perms <= RMP_PERM_RWX; perms++)
			EXPECT_EQ(rmpadjust(page, RMP_SIZE_4K, rmp_attributes(vmpl, perms)),
				RMP_FAIL_PERMISSION);
}

static void makes_a_vmsa(void)
{
	void *page = page_alloc_vmsa();

	EXPECT_EQ(rmpadjust(page, RMP_SIZE_4K, rmp_attributes(3, 0) | RMPADJUST_VMSA),
		RMP_FAIL_PERMISSION);
	EXPECT_EQ(rmpquery(page, 3).attributes & RMPADJUST_VMSA, 0);
}

/* GHCBs of the paravisor's, pages for its messages: no private access to them. */
static bool is_shared(uint64_t page)
{
	return host_answer(HOSTILE_IS_SHARED, (uint32_t)(page >> PAGE_SHIFT));
}

static void own_pages(void)
{
	uint64_t given = 0, readable = 0, shared = 0;

	for (uint64_t page = first; page < end; page += PAGE_SIZE) {
		if (is_shared(page)) {
			shared++;
			continue;
		}
		for (uint64_t perm = 1; perm <= RMP_PERM_RWX; perm <<= 1)
			given += rmpadjust(private_view(page), RMP_SIZE_4K,
					 rmp_attributes(3, perm)) != RMP_FAIL_PERMISSION;
		readable += (rmpquery(private_view(page), 3).attributes & ~RMPADJUST_VMSA) != 3;
	}
	EXPECT_EQ(given, 0);
	EXPECT_EQ(readable, 0);
	EXPECT_EQ(shared, OWN_SHARED_PAGES);
}

static void returns(void *arg)
{
	(void)arg;
}

static void save_areas(void)
{
	struct vmsa *vmsa;

	EXPECT(smp_start(1, returns, NULL) && smp_join(1));
	vmsa = smp_vmsa(1);
	EXPECT_EQ(rmpadjust(vmsa, RMP_SIZE_4K, rmp_attributes(3, RMP_PERM_WRITE)),
		RMP_FAIL_PERMISSION);
	EXPECT_EQ(
		rmpadjust(vmsa, RMP_SIZE_4K, rmp_attributes(2, RMP_PERM_RWX)), RMP_FAIL_PERMISSION);
	EXPECT_EQ(rmpquery(vmsa, 3).attributes, 3 | RMPADJUST_VMSA);
}

/* Whether the processor lets the guest rescind by itself. */
static bool can_rescind(void *page)
{
	uint64_t rax = (uint64_t)page;
	struct trap t = TRY(INSN_PVALIDATE, "+a"(rax) : "c"(0UL), "d"(0UL) : "memory", "cc");

	return t.vector == TRAP_NONE && rax == RMP_SUCCESS;
}

static void validates(void)
{
	void *page = page_alloc();

	pattern_fill(page);
	EXPECT(!can_rescind(page));
	EXPECT(pattern_holds(page));
}

static const struct test_case cases[] = {
	{"for its own level or a higher one", upwards},
	{"a VMSA", makes_a_vmsa},
	{"the paravisor's pages", own_pages},
	{"a save area", save_areas},
	{"PVALIDATE", validates},
};

void guest_main(void)
{
	first = guest.secrets->svsm_base;
	end = first + guest.secrets->svsm_size;
	CHECK_RUN(cases);
}
