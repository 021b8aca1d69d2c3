/* SPDX-License-Identifier: MIT */
/*
 * The paravisor's own pages in requests. The guest names pages of the paravisor
 * wherever a call takes an address: to have them rescinded (their content lost),
 * validated and cleared, made a save area or a calling area (the paravisor would
 * write to itself), or read as a list (and errors would tell what is there).
 *
 * Every page of the paravisor, in every argument of every call, is refused as an
 * address that is not the guest's, and nothing changes. Touched directly, such a
 * page faults to the host, which has nothing to answer: the run ends there.
 */
#include "accomplice.h"

#include "cpu.h"

static uint64_t first, end;

/* Runs @call on each page; how often the answer was another than @wanted. */
static uint64_t sweep(uint64_t (*call)(uint64_t page), uint64_t wanted)
{
	uint64_t wrong = 0;

	for (uint64_t page = first; page < end; page += PAGE_SIZE)
		wrong += call(page) != wanted;
	return wrong;
}

static uint64_t rescind(uint64_t page)
{
	return pvalidate_entry(page | RESCIND);
}

static uint64_t validate(uint64_t page)
{
	return pvalidate_entry(page | VALIDATE | SVSM_PVALIDATE_IGNORE_CF);
}

static void in_an_entry(void)
{
	EXPECT_EQ(sweep(rescind, SVSM_ERR_INVALID_ADDRESS), 0);
	EXPECT_EQ(sweep(validate, SVSM_ERR_INVALID_ADDRESS), 0);
}

static void in_a_block(void)
{
	for (uint64_t block = first; block < end; block += PAGE_2M_SIZE) {
		EXPECT_EQ(rescind(block | RMP_SIZE_2M), SVSM_ERR_INVALID_ADDRESS);
		EXPECT_EQ(validate(block | RMP_SIZE_2M), SVSM_ERR_INVALID_ADDRESS);
	}
}

static uint64_t as_list(uint64_t page)
{
	return core(SVSM_CORE_PVALIDATE, page, 0, 0);
}

static uint64_t as_list_inside(uint64_t page)
{
	return core(SVSM_CORE_PVALIDATE, page + PAGE_SIZE / 2, 0, 0);
}

static void as_a_list(void)
{
	EXPECT_EQ(sweep(as_list, SVSM_ERR_INVALID_ADDRESS), 0);
	EXPECT_EQ(sweep(as_list_inside, SVSM_ERR_INVALID_ADDRESS), 0);
}

static uint64_t as_new_calling_area(uint64_t page)
{
	return core(SVSM_CORE_REMAP_CA, page, 0, 0);
}

static uint64_t spare;

static uint64_t as_save_area(uint64_t page)
{
	return core(SVSM_CORE_CREATE_VCPU, page, spare, cpu_self()->apic_id);
}

static uint64_t as_calling_area(uint64_t page)
{
	return core(SVSM_CORE_CREATE_VCPU, spare, page, cpu_self()->apic_id);
}

/* The first vCPU's save area is among them. */
static uint64_t deleted(uint64_t page)
{
	return core(SVSM_CORE_DELETE_VCPU, page, 0, 0);
}

static void of_a_vcpu(void)
{
	spare = (uint64_t)page_alloc_vmsa();
	EXPECT_EQ(sweep(as_new_calling_area, SVSM_ERR_INVALID_ADDRESS), 0);
	EXPECT_EQ(sweep(as_save_area, SVSM_ERR_INVALID_ADDRESS), 0);
	EXPECT_EQ(sweep(as_calling_area, SVSM_ERR_INVALID_ADDRESS), 0);
	EXPECT_EQ(sweep(deleted, SVSM_ERR_INVALID_PARAMETER), 0);
}

/* The same pages under names that only look different. */
static void by_other_names(void)
{
	EXPECT_EQ(rescind(first | guest.c_mask), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(as_list(first | guest.c_mask), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(as_list(first | 1UL << 63), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(as_list(0xffffffff00000000 + first), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(as_list(VMSA_LAUNCH_GPA), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(rescind(VMSA_LAUNCH_GPA), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(as_list(first - 8), SVSM_ERR_INVALID_ADDRESS); /* it would end in them */
}

static void unharmed(void)
{
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
	EXPECT(read_is_unvalidated(private_view(spare)) == false);
}

static const struct test_case cases[] = {
	{"in an entry of a PVALIDATE list", in_an_entry},
	{"in an entry of 2 MiB that reaches into them", in_a_block},
	{"as the list itself", as_a_list},
	{"as save area or calling area", of_a_vcpu},
	{"by another name for the same address", by_other_names},
	{"the paravisor and the guest are unharmed", unharmed},
};

void guest_main(void)
{
	first = guest.secrets->svsm_base;
	end = first + guest.secrets->svsm_size;
	if (guest_has_word("read"))
		check_fail("read %lx", *(volatile uint64_t *)first);
	if (guest_has_word("write"))
		*(volatile uint64_t *)first = 0;
	CHECK_RUN(cases);
}
