/* SPDX-License-Identifier: MIT */
/*
 * Double validation. The host takes the frame of a page that the guest has
 * validated, puts another in its place, and has the guest ask for the page to
 * be validated again (a guest under attack may be brought to that, for instance
 * by a forged #VC). Were it done, two frames would stand validated for one
 * address, and the host could swap old and new data at will from then on.
 *
 * Instead the paravisor knows the page as validated and does nothing, whether
 * the guest wants to hear of it or not: the new frame stays unvalidated, and
 * the guest's next access shows it by a #VC.
 */
#include "accomplice.h"

static void *page, *other;

static void twice(void)
{
	page = page_alloc();
	pattern_fill(page);
	EXPECT_EQ(pvalidate_entry((uint64_t)page | VALIDATE), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT_EQ(pvalidate_entry((uint64_t)page | VALIDATE | SVSM_PVALIDATE_IGNORE_CF),
		SVSM_SUCCESS);
	EXPECT(pattern_holds(page));
}

static void other_frame(uint64_t flags, uint64_t answer)
{
	page = page_alloc();
	pattern_fill(page);
	host_order(HOSTILE_PRIVATE, (uint64_t)page, 0);
	EXPECT(read_is_unvalidated(page));
	EXPECT_EQ(pvalidate_entry((uint64_t)page | VALIDATE | flags), answer);
	EXPECT(read_is_unvalidated(page));
}

static void fresh_frame(void)
{
	other_frame(0, SVSM_ERR_PVALIDATE_NO_CHANGE);
}

static void fresh_frame_ignoring(void)
{
	other_frame(SVSM_PVALIDATE_IGNORE_CF, SVSM_SUCCESS);
}

/* The same with the frame of another page, assigned to this one. */
static void stolen_frame(void)
{
	page = page_alloc();
	other = page_alloc();
	pattern_fill(other);
	host_remap((uint64_t)page, (uint64_t)other);
	host_order(HOSTILE_PRIVATE, (uint64_t)page, 0);
	EXPECT_EQ(pvalidate_entry((uint64_t)page | VALIDATE), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT(read_is_unvalidated(page));
}

/* A block of 2 MiB, of which the host has exchanged one page. */
static void in_a_block(void)
{
	uint64_t block = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE), hole = block + 5 * PAGE_SIZE;

	host_order(HOSTILE_PRIVATE, hole, 0);
	EXPECT_EQ(pvalidate_entry(block | VALIDATE | RMP_SIZE_2M), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT(read_is_unvalidated(private_view(hole)));
	EXPECT(!read_is_unvalidated(private_view(block)));
}

static const struct test_case cases[] = {
	{"a validated page is not validated again, nor cleared", twice},
	{"a fresh frame under a validated page stays unvalidated", fresh_frame},
	{"also for a guest that ignores the carry flag", fresh_frame_ignoring},
	{"a frame stolen from another page stays unvalidated", stolen_frame},
	{"a page of a 2 MiB block stays unvalidated", in_a_block},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
