/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_PVALIDATE: entries that must be refused. Each is tried for both
 * actions between two good entries: the first has taken effect, the index
 * points at the bad one, the last was not touched.
 */
#include "guest.h"
#include "places.h"

static struct svsm_pvalidate_list *list;
static uint64_t before, after; /* the good pages, validated between the trials */

static void set_up(void)
{
	list = list_new();
	before = (uint64_t)page_alloc();
	after = (uint64_t)page_alloc();
}

static void expect_refused(const char *what, uint64_t entry, uint64_t expected)
{
	uint64_t result;

	page_fill(after);
	list_clear(list);
	list_add(list, before | RESCIND);
	list_add(list, entry);
	list_add(list, after | RESCIND);
	result = list_call(list);
	if (result != expected || list->next != 1)
		check_fail("%s, entry %lx: result %lx, next index %u", what, entry, result,
			list->next);
	expect_gone(before);
	expect_filled(after);
	must_change(before | VALIDATE);
}

static void expect_both_refused(const char *what, uint64_t page, uint64_t expected)
{
	expect_refused(what, page | VALIDATE, expected);
	expect_refused(what, page | RESCIND, expected);
	expect_refused(what, page | VALIDATE | IGNORE_CF, expected);
	expect_refused(what, page | RESCIND | IGNORE_CF, expected);
}

static void foreign_pages(void)
{
	struct place places[MAX_PLACES];
	uint32_t count = foreign_places(places);

	for (uint32_t i = 0; i < count; i++)
		expect_both_refused(places[i].what, places[i].gpa, SVSM_ERR_INVALID_ADDRESS);
}

static void foreign_blocks(void)
{
	struct place places[MAX_PLACES];
	uint32_t count = foreign_places(places);

	for (uint32_t i = 0; i < count; i++)
		expect_both_refused(places[i].what, ALIGN_DOWN(places[i].gpa, PAGE_2M_SIZE) | LARGE,
			SVSM_ERR_INVALID_ADDRESS);
}

/* RAM ends within a block: its first half must not be touched. */
static void block_over_the_end(void)
{
	uint64_t block = ALIGN_DOWN(ram_end(), PAGE_2M_SIZE);

	if (block == ram_end())
		check_abort("this guest wants memory that does not end at a 2 MiB boundary");
	page_fill(block);
	expect_both_refused("a block over the end of RAM", block | LARGE, SVSM_ERR_INVALID_ADDRESS);
	expect_filled(block);
	expect_ordinary(block);
}

/* Each alone in a block, so that nothing else in it can be the reason. */
static void save_area(void)
{
	uint64_t block = region_take(2 * PAGE_2M_SIZE, PAGE_2M_SIZE);
	uint64_t vmsa = block + PAGE_SIZE, calling_area = block + PAGE_2M_SIZE + PAGE_SIZE;

	vmsa_make(private_view(vmsa), 0);
	EXPECT_EQ(
		core(SVSM_CORE_CREATE_VCPU, vmsa, calling_area, cpu_self()->apic_id), SVSM_SUCCESS);
	expect_both_refused("a VMSA", vmsa, SVSM_ERR_INVALID_ADDRESS);
	expect_both_refused("its block", block | LARGE, SVSM_ERR_INVALID_ADDRESS);
	expect_both_refused("its calling area", calling_area, SVSM_ERR_INVALID_ADDRESS);
	expect_both_refused("the calling area's block", (block + PAGE_2M_SIZE) | LARGE,
		SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_DELETE_VCPU, vmsa, 0, 0), SVSM_SUCCESS);
}

static void own_calling_area(void)
{
	uint64_t page = (uint64_t)cpu_self()->ca;

	expect_both_refused("the calling area", page, SVSM_ERR_INVALID_ADDRESS);
	expect_both_refused("a block with the calling area", ALIGN_DOWN(page, PAGE_2M_SIZE) | LARGE,
		SVSM_ERR_INVALID_ADDRESS);
}

/* The next index could not be told if the page went. In a block without other pages in use. */
static void own_list(void)
{
	uint64_t block = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE);
	struct svsm_pvalidate_list *usual = list;

	list = private_view(block + 3 * PAGE_SIZE + 64);
	expect_both_refused("the list's page", block + 3 * PAGE_SIZE, SVSM_ERR_INVALID_ADDRESS);
	expect_both_refused(
		"a block with the list's page", block | LARGE, SVSM_ERR_INVALID_ADDRESS);
	expect_ordinary((uint64_t)list);
	list = usual;
}

static void page_sizes(void)
{
	uint64_t block = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE);

	page_fill(block);
	expect_both_refused("page size 2", block | 2, SVSM_ERR_INVALID_PARAMETER);
	expect_both_refused("page size 3", block | 3, SVSM_ERR_INVALID_PARAMETER);
	expect_filled(block);
}

static void reserved_bits(void)
{
	uint64_t page = (uint64_t)page_alloc();

	page_fill(page);
	for (uint64_t bit = 4; bit < PAGE_SHIFT; bit++)
		expect_both_refused("a reserved bit", page | BIT(bit), SVSM_ERR_INVALID_PARAMETER);
	expect_filled(page);
}

static void misaligned_blocks(void)
{
	uint64_t block = region_take(2 * PAGE_2M_SIZE, PAGE_2M_SIZE);

	for (uint64_t offset = PAGE_SIZE; offset < PAGE_2M_SIZE; offset <<= 1)
		expect_both_refused(
			"a misaligned block", (block + offset) | LARGE, SVSM_ERR_INVALID_PARAMETER);
	expect_both_refused("a misaligned block", (block + PAGE_2M_SIZE - PAGE_SIZE) | LARGE,
		SVSM_ERR_INVALID_PARAMETER);
}

/* Which of two errors is told is the order of the checks: form before address. */
static void two_errors(void)
{
	expect_both_refused("a reserved bit and the paravisor's page", paravisor_base() | BIT(4),
		SVSM_ERR_INVALID_PARAMETER);
}

static void calling_area_of(void *arg)
{
	*(uint64_t *)arg = (uint64_t)cpu_self()->ca;
}

static void other_cpus_pages(void)
{
	uint64_t calling_area = 0;

	EXPECT(smp_start(1, calling_area_of, &calling_area));
	EXPECT(smp_join(1));
	expect_both_refused("another vCPU's VMSA", (uint64_t)smp_vmsa(1), SVSM_ERR_INVALID_ADDRESS);
	expect_both_refused("another vCPU's calling area", calling_area, SVSM_ERR_INVALID_ADDRESS);
}

static const struct test_case alone[] = {
	{"pages that are not the guest's memory: 80000003h", foreign_pages},
	{"blocks of 2 MiB over them", foreign_blocks},
	{"a block over the end of RAM", block_over_the_end},
	{"a registered VMSA and its calling area", save_area},
	{"the caller's calling area", own_calling_area},
	{"the page that holds the list", own_list},
	{"page sizes that are none: 80000005h", page_sizes},
	{"each reserved bit: 80000005h", reserved_bits},
	{"blocks not aligned to 2 MiB: 80000005h", misaligned_blocks},
	{"form is checked before address", two_errors},
};

static const struct test_case together[] = {
	{"VMSA and calling area of a running vCPU", other_cpus_pages},
};

void guest_main(void)
{
	call_init();
	set_up();
	RUN_CASES(alone, together);
}
