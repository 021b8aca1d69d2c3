/* SPDX-License-Identifier: MIT */
/*
 * Two guest addresses on one frame. The host maps one frame at two addresses:
 * two pages of the guest's, so that a write to one appears in the other, or a
 * frame of the paravisor's at a page that the guest is about to have validated,
 * so that the guest would read what the paravisor wrote there.
 *
 * The RMP lets a frame stand at one address only; moving it takes the validation
 * away. What the guest then has validated is cleared before it gets rights to it.
 */
#include "accomplice.h"

static uint8_t *one, *two;

static void prepare(void)
{
	one = page_alloc();
	two = page_alloc();
	pattern_fill(one);
	pattern_fill(two);
}

static void both_validated(void)
{
	prepare();
	host_remap((uint64_t)one, (uint64_t)two);
	EXPECT(read_is_unvalidated(one));
	EXPECT(read_is_unvalidated(two));
}

static void one_to_validate(void)
{
	prepare();
	EXPECT_EQ(pvalidate_entry((uint64_t)one | RESCIND), SVSM_SUCCESS);
	host_remap((uint64_t)one, (uint64_t)two);
	EXPECT_EQ(pvalidate_entry((uint64_t)one | VALIDATE), SVSM_SUCCESS);
	EXPECT(page_is_zero(one));
	EXPECT(read_is_unvalidated(two));
	EXPECT_EQ(pvalidate_entry((uint64_t)two | VALIDATE), SVSM_ERR_PVALIDATE_NO_CHANGE);
}

static void both_to_validate(void)
{
	prepare();
	EXPECT_EQ(pvalidate_entry((uint64_t)one | RESCIND), SVSM_SUCCESS);
	EXPECT_EQ(pvalidate_entry((uint64_t)two | RESCIND), SVSM_SUCCESS);
	host_remap((uint64_t)one, (uint64_t)two);
	EXPECT_EQ(pvalidate_entry((uint64_t)one | VALIDATE), SVSM_SUCCESS);
	one[0] = 1;
	EXPECT_EQ(pvalidate_entry((uint64_t)two | VALIDATE), SVSM_SUCCESS);
	EXPECT(page_is_zero(two));
	EXPECT(read_is_unvalidated(one));
}

/* One that serves no more once the image is up, so that only the guest misses it. */
static void a_frame_of_the_paravisor(void)
{
	prepare();
	EXPECT_EQ(pvalidate_entry((uint64_t)one | RESCIND), SVSM_SUCCESS);
	host_remap((uint64_t)one, word_number("own"));
	EXPECT_EQ(pvalidate_entry((uint64_t)one | VALIDATE), SVSM_SUCCESS);
	EXPECT(page_is_zero(one));
}

/* In a block of 2 MiB the frames are the host's to choose one by one. */
static void inside_a_block(void)
{
	uint64_t block = region_take(PAGE_2M_SIZE, PAGE_2M_SIZE);

	prepare();
	EXPECT_EQ(pvalidate_entry(block | RESCIND | RMP_SIZE_2M), SVSM_SUCCESS);
	host_order(HOSTILE_PRIVATE, block + PAGE_SIZE, 0);
	host_remap(block + PAGE_SIZE, (uint64_t)two);
	EXPECT_EQ(pvalidate_entry(block | VALIDATE | RMP_SIZE_2M),
		SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_SIZEMISMATCH);
	EXPECT_EQ(pvalidate_entry((block + PAGE_SIZE) | VALIDATE), SVSM_SUCCESS);
	EXPECT(page_is_zero(private_view(block + PAGE_SIZE)));
	EXPECT(read_is_unvalidated(two));
}

static const struct test_case cases[] = {
	{"two validated pages", both_validated},
	{"a validated page and one to validate", one_to_validate},
	{"two pages to validate", both_to_validate},
	{"a page to validate and one of the paravisor's", a_frame_of_the_paravisor},
	{"a page inside a block of 2 MiB", inside_a_block},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
