/* SPDX-License-Identifier: MIT */
/*
 * VMPL3's rights outlive the page. The guest gives VMPL3 all rights to a page of
 * its own, which it may, and then has the page rescinded and validated again, or
 * made a save area. PVALIDATE leaves permissions alone: were only the guest's
 * own level's taken, VMPL3 could go on writing to the page, and so to the save
 * area of a vCPU at VMPL2.
 *
 * Rights of all levels below the paravisor's are taken with the page.
 */
#include "accomplice.h"

#include "cpu.h"
#include "insn.h"
#include "vmpl.h"

#define VMPL3 3UL

static void give(void *page, uint64_t size)
{
	EXPECT_EQ(rmpadjust(page, size, rmp_attributes(VMPL3, RMP_PERM_RWX)), RMP_SUCCESS);
	EXPECT_EQ(rmpquery(page, VMPL3).attributes, rmp_attributes(VMPL3, RMP_PERM_RWX));
}

static void after_rescind(void)
{
	uint8_t *page = page_alloc();

	give(page, RMP_SIZE_4K);
	EXPECT_EQ(pvalidate_entry((uint64_t)page | RESCIND), SVSM_SUCCESS);
	EXPECT_EQ(pvalidate_entry((uint64_t)page | VALIDATE), SVSM_SUCCESS);
	EXPECT_EQ(rmpquery(page, VMPL3).attributes, VMPL3);
	EXPECT(page_is_zero(page));
}

static void after_a_block(void)
{
	uint64_t block = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE);
	uint8_t *last = private_view(block + PAGE_2M_SIZE - PAGE_SIZE);

	give(private_view(block), RMP_SIZE_2M);
	EXPECT_EQ(pvalidate_entry(block | RESCIND | RMP_SIZE_2M), SVSM_SUCCESS);
	EXPECT_EQ(pvalidate_entry(block | VALIDATE | RMP_SIZE_2M), SVSM_SUCCESS);
	EXPECT_EQ(rmpquery(private_view(block), VMPL3).attributes, VMPL3);
	EXPECT_EQ(rmpquery(last, VMPL3).attributes, VMPL3);
}

static void after_creation(void)
{
	struct vmsa *vmsa = page_alloc_vmsa();
	uint64_t area = (uint64_t)page_alloc();

	vmsa_fill(vmsa, cpu_new(1, guest.vmpl), NULL, NULL);
	give(vmsa, RMP_SIZE_4K);
	EXPECT_EQ(
		core(SVSM_CORE_CREATE_VCPU, (uint64_t)vmsa, area, guest.apic_id[1]), SVSM_SUCCESS);
	EXPECT_EQ(rmpquery(vmsa, VMPL3).attributes, VMPL3 | RMPADJUST_VMSA);
	EXPECT_EQ(core(SVSM_CORE_DELETE_VCPU, (uint64_t)vmsa, 0, 0), SVSM_SUCCESS);
	EXPECT_EQ(rmpquery(vmsa, VMPL3).attributes, VMPL3);
}

static const struct test_case cases[] = {
	{"a page rescinded and validated again", after_rescind},
	{"a block of 2 MiB", after_a_block},
	{"a page that becomes a save area and comes back", after_creation},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
