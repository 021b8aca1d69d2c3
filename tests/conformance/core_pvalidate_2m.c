/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_PVALIDATE: entries of 2 MiB, blocks held in 4 KiB entries of the
 * RMP, and the limit of one call: 16 MiB cleared, then INCOMPLETE.
 */
#include "guest.h"
#include "insn.h"
#include "nae.h"
#include "pages.h"

#define CLEAR_MAX_BLOCKS 8U /* 16 MiB */
#define BLOCKS 20U

static uint64_t new_blocks(uint64_t count)
{
	return region_take(count * PAGE_2M_SIZE, PAGE_2M_SIZE);
}

static void fill_block(uint64_t block)
{
	for (uint64_t page = block; page < block + PAGE_2M_SIZE; page += PAGE_SIZE)
		page_fill(page);
}

static void expect_block_filled(uint64_t block)
{
	for (uint64_t page = block; page < block + PAGE_2M_SIZE; page += PAGE_SIZE)
		expect_filled(page);
}

static void expect_block_gone(uint64_t block)
{
	for (uint64_t page = block; page < block + PAGE_2M_SIZE; page += 31 * PAGE_SIZE)
		expect_gone(page);
	expect_gone(block + PAGE_2M_SIZE - PAGE_SIZE);
}

/* One entry of the RMP with all rights, by an RMPADJUST of 2 MiB. */
static void expect_one_entry(uint64_t block)
{
	EXPECT_EQ(page_rights(block, RMP_SIZE_2M), RMP_PERM_RWX);
}

static void rescind_and_validate(void)
{
	uint64_t block = new_blocks(1);

	fill_block(block);
	EXPECT_EQ(change(block | LARGE | RESCIND), SVSM_SUCCESS);
	expect_block_gone(block);
	EXPECT_EQ(change(block | LARGE | VALIDATE), SVSM_SUCCESS);
	expect_one_entry(block);
	expect_zero_range(block, PAGE_2M_SIZE);
}

static void neighbours(void)
{
	uint64_t blocks = new_blocks(3);

	page_fill(blocks + PAGE_2M_SIZE - PAGE_SIZE);
	page_fill(blocks + 2 * PAGE_2M_SIZE);
	must_change((blocks + PAGE_2M_SIZE) | LARGE | RESCIND);
	must_change((blocks + PAGE_2M_SIZE) | LARGE | VALIDATE);
	expect_filled(blocks + PAGE_2M_SIZE - PAGE_SIZE);
	expect_filled(blocks + 2 * PAGE_2M_SIZE);
	expect_one_entry(blocks);
	expect_one_entry(blocks + 2 * PAGE_2M_SIZE);
}

static void no_change(void)
{
	uint64_t block = new_blocks(1);

	page_fill(block);
	EXPECT_EQ(change(block | LARGE | VALIDATE), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT_EQ(change(block | LARGE | VALIDATE | IGNORE_CF), SVSM_SUCCESS);
	expect_filled(block);
	EXPECT_EQ(change(block | LARGE | RESCIND | IGNORE_CF), SVSM_SUCCESS);
	EXPECT_EQ(change(block | LARGE | RESCIND), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT_EQ(change(block | LARGE | RESCIND | IGNORE_CF), SVSM_SUCCESS);
	expect_block_gone(block);
	must_change(block | LARGE | VALIDATE);
	expect_one_entry(block);
}

/* VMPL 3's rights of all 512 pages end too. */
static void lesser_rights(void)
{
	uint64_t block = new_blocks(1), given = rmp_attributes(3, RMP_PERM_RWX);

	EXPECT_EQ(rmpadjust(private_view(block), RMP_SIZE_2M, given), RMP_SUCCESS);
	must_change(block | LARGE | RESCIND);
	must_change(block | LARGE | VALIDATE);
	for (uint64_t page = block; page < block + PAGE_2M_SIZE; page += PAGE_SIZE)
		EXPECT_EQ(rmpquery(private_view(page), 3).attributes, 3);
}

/* The host splits the entry; the guest does not notice. */
static void page_of_a_block(void)
{
	uint64_t block = new_blocks(1), page = block + 5 * PAGE_SIZE;

	fill_block(block);
	EXPECT_EQ(change(page | RESCIND), SVSM_SUCCESS);
	expect_gone(page);
	expect_filled(page - PAGE_SIZE);
	expect_filled(page + PAGE_SIZE);
	EXPECT_EQ(change(page | VALIDATE), SVSM_SUCCESS);
	expect_ordinary(page);
	expect_zero(page);
	expect_ordinary(page + PAGE_SIZE);
}

/* --- Blocks in 4 KiB entries --- */

/* As Linux does it after 80001006h: 512 entries of 4 KiB, more than fit in a list. */
static void change_by_pages(uint64_t block, uint64_t flags)
{
	static struct svsm_pvalidate_list *list;

	if (!list)
		list = list_new();
	for (uint64_t half = 0; half < 2; half++) {
		list_clear(list);
		for (uint64_t i = 0; i < PAGES_PER_2M / 2; i++)
			list_add(list, (block + (half * 256 + i) * PAGE_SIZE) | flags);
		EXPECT_EQ(list_call(list), SVSM_SUCCESS);
		EXPECT_EQ(list->next, PAGES_PER_2M / 2);
	}
}

static uint64_t split_block(void)
{
	uint64_t block = new_blocks(1);

	fill_block(block);
	must_change(block | RESCIND);
	must_change(block | VALIDATE);
	page_fill(block);
	return block;
}

static void mismatch_of_rescission(void)
{
	uint64_t block = split_block();

	EXPECT_EQ(change(block | LARGE | RESCIND), ERR_SIZEMISMATCH);
	expect_block_filled(block);
	expect_ordinary(block);
	expect_ordinary(block + PAGE_2M_SIZE - PAGE_SIZE);
	change_by_pages(block, RESCIND);
	expect_block_gone(block);
}

static void mismatch_of_validation(void)
{
	uint64_t block = split_block();

	change_by_pages(block, RESCIND);
	EXPECT_EQ(change(block | LARGE | VALIDATE), ERR_SIZEMISMATCH);
	expect_block_gone(block);
	change_by_pages(block, VALIDATE);
	expect_zero_range(block, PAGE_2M_SIZE);
	expect_ordinary(block);
	expect_ordinary(block + PAGE_2M_SIZE - PAGE_SIZE);
}

/* Validated and rescinded pages in one block: nothing is as asked for the whole of it. */
static void mixed_block(void)
{
	uint64_t block = new_blocks(1), page = block + 100 * PAGE_SIZE;

	fill_block(block);
	must_change(page | RESCIND);
	EXPECT_EQ(change(block | LARGE | VALIDATE), ERR_SIZEMISMATCH);
	EXPECT_EQ(change(block | LARGE | VALIDATE | IGNORE_CF), ERR_SIZEMISMATCH);
	EXPECT_EQ(change(block | LARGE | RESCIND), ERR_SIZEMISMATCH);
	EXPECT_EQ(change(block | LARGE | RESCIND | IGNORE_CF), ERR_SIZEMISMATCH);
	expect_gone(page);
	must_change(page | VALIDATE);
	page_fill(page);
	expect_block_filled(block);
}

static void page_then_block_in_one_list(void)
{
	struct svsm_pvalidate_list *list = list_new();
	uint64_t block = new_blocks(1), page = block + 7 * PAGE_SIZE;

	fill_block(block);
	list_add(list, page | RESCIND);
	list_add(list, block | LARGE | RESCIND);
	EXPECT_EQ(list_call(list), ERR_SIZEMISMATCH);
	EXPECT_EQ(list->next, 1);
	expect_gone(page);
	expect_filled(page + PAGE_SIZE);
}

static void block_then_page_in_one_list(void)
{
	struct svsm_pvalidate_list *list = list_new();
	uint64_t block = new_blocks(1), page = block + 7 * PAGE_SIZE;

	fill_block(block);
	list_add(list, block | LARGE | RESCIND);
	list_add(list, page | VALIDATE);
	EXPECT_EQ(list_call(list), SVSM_SUCCESS);
	EXPECT_EQ(list->next, 2);
	expect_zero(page);
	expect_ordinary(page);
	expect_gone(page + PAGE_SIZE);
}

/* Shared and back as one block, the host's entry is of 2 MiB again. */
static void split_block_made_whole(void)
{
	uint64_t block = split_block();
	struct psc_buffer *psc = (struct psc_buffer *)nae_buffer();

	change_by_pages(block, RESCIND);
	for (uint64_t op = PSC_OP_SHARED; op >= PSC_OP_PRIVATE; op--) {
		psc->cur_entry = psc->end_entry = 0;
		psc->reserved = 0;
		psc->entries[0] = block | op << PSC_ENTRY_OP_SHIFT | PSC_ENTRY_2M;
		EXPECT_EQ(nae_psc(), 0);
	}
	EXPECT_EQ(change(block | LARGE | VALIDATE), SVSM_SUCCESS);
	expect_one_entry(block);
	expect_zero_range(block, PAGE_2M_SIZE);
}

/* --- The limit --- */

static void rescind_blocks(uint64_t blocks, uint64_t count)
{
	struct svsm_pvalidate_list *list = list_new();

	for (uint64_t i = 0; i < count; i++) {
		page_fill(blocks + i * PAGE_2M_SIZE);
		list_add(list, (blocks + i * PAGE_2M_SIZE) | LARGE | RESCIND);
	}
	EXPECT_EQ(list_call(list), SVSM_SUCCESS);
	EXPECT_EQ(list->next, count);
}

/* 40 MiB: 16, 16 and 8. Rescinding clears nothing and is done in one call. */
static void incomplete(void)
{
	struct svsm_pvalidate_list *list = list_new();
	uint64_t blocks = new_blocks(BLOCKS), expected = 0;

	rescind_blocks(blocks, BLOCKS);
	for (uint64_t i = 0; i < BLOCKS; i++)
		list_add(list, (blocks + i * PAGE_2M_SIZE) | LARGE | VALIDATE);
	while (expected + CLEAR_MAX_BLOCKS < BLOCKS) {
		expected += CLEAR_MAX_BLOCKS;
		EXPECT_EQ(list_call(list), SVSM_ERR_INCOMPLETE);
		EXPECT_EQ(list->next, expected);
		EXPECT_EQ(list->num_entries, BLOCKS);
		expect_one_entry(blocks + (expected - 1) * PAGE_2M_SIZE);
		expect_block_gone(blocks + expected * PAGE_2M_SIZE);
	}
	EXPECT_EQ(list_call(list), SVSM_SUCCESS);
	EXPECT_EQ(list->next, BLOCKS);
	expect_zero_range(blocks, BLOCKS * PAGE_2M_SIZE);
}

/* Exactly as much as one call clears is complete; one page more is not. */
static void limit_is_exact(void)
{
	struct svsm_pvalidate_list *list = list_new();
	uint64_t blocks = new_blocks(CLEAR_MAX_BLOCKS), page = (uint64_t)page_alloc();

	rescind_blocks(blocks, CLEAR_MAX_BLOCKS);
	for (uint64_t i = 0; i < CLEAR_MAX_BLOCKS; i++)
		list_add(list, (blocks + i * PAGE_2M_SIZE) | LARGE | VALIDATE);
	EXPECT_EQ(list_call(list), SVSM_SUCCESS);
	EXPECT_EQ(list->next, CLEAR_MAX_BLOCKS);
	rescind_blocks(blocks, CLEAR_MAX_BLOCKS);
	must_change(page | RESCIND);
	list->next = 0;
	list_add(list, page | VALIDATE);
	EXPECT_EQ(list_call(list), SVSM_ERR_INCOMPLETE);
	EXPECT_EQ(list->next, CLEAR_MAX_BLOCKS);
	expect_gone(page);
	EXPECT_EQ(list_call(list), SVSM_SUCCESS);
	expect_ordinary(page);
}

static const struct test_case alone[] = {
	{"rescind a block, validate it again", rescind_and_validate},
	{"the blocks beside it are untouched", neighbours},
	{"no change: 80001010h, or success with ignore-CF", no_change},
	{"rights given to VMPL 3 end for each page", lesser_rights},
	{"an entry of 4 KiB in a block of 2 MiB", page_of_a_block},
	{"80001006h for a rescission, then by 4 KiB", mismatch_of_rescission},
	{"80001006h for a validation, then by 4 KiB", mismatch_of_validation},
	{"a block of both kinds of pages: 80001006h", mixed_block},
	{"a page and then its block in one list", page_then_block_in_one_list},
	{"a block and then a page of it in one list", block_then_page_in_one_list},
	{"a split block, shared and back, is one again", split_block_made_whole},
	{"INCOMPLETE after 16 MiB, until it is done", incomplete},
	{"16 MiB are complete, a page more is not", limit_is_exact},
};

void guest_main(void)
{
	call_init();
	CHECK_RUN(alone);
}
