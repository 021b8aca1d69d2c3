/* SPDX-License-Identifier: MIT */
/* Buckets of time: nothing is lost when they fill, split or merge. */
#include "unit_test.h"

#include "lane.h"

#define SHIFT 4U
#define WIDTH (1ULL << SHIFT)

static struct lane_bucket buckets[LANE_BUCKETS];
static struct lane lane;

static int setup(void **state)
{
	(void)state;
	memset(buckets, 0, sizeof(buckets));
	lane = (struct lane){buckets, SHIFT};
	return 0;
}

static uint64_t sum(uint32_t column)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < LANE_BUCKETS; i++)
		n += buckets[i].column[column];
	return n;
}

static void counts_lie_where_their_time_is(void **state)
{
	(void)state;
	lane_add(&lane, 0, 1, 2);
	lane_add(&lane, WIDTH - 1, 1, 3);
	lane_add(&lane, WIDTH, 1, 4);
	lane_add(&lane, LANE_BUCKETS * WIDTH - 1, LANE_COLUMNS - 1, 5);
	assert_int_equal(buckets[0].column[1], 5);
	assert_int_equal(buckets[1].column[1], 4);
	assert_int_equal(buckets[LANE_BUCKETS - 1].column[LANE_COLUMNS - 1], 5);
	assert_int_equal(lane.shift, SHIFT);
}

static void an_interval_is_split_at_the_borders(void **state)
{
	(void)state;
	lane_spend(&lane, 0, WIDTH - 3, 3 * WIDTH + 1);
	assert_int_equal(buckets[0].column[0], 3);
	assert_int_equal(buckets[1].column[0], WIDTH);
	assert_int_equal(buckets[2].column[0], WIDTH);
	assert_int_equal(buckets[3].column[0], 1);
	assert_int_equal(buckets[4].column[0], 0);
	lane_spend(&lane, 0, 5 * WIDTH, 5 * WIDTH);
	assert_int_equal(sum(0), 2 * WIDTH + 4);
}

static void what_is_later_than_the_last_bucket_widens_all(void **state)
{
	(void)state;
	lane_add(&lane, 0, 2, 1);
	lane_add(&lane, WIDTH, 2, 10);
	lane_add(&lane, 2 * WIDTH, 2, 100);
	lane_add(&lane, LANE_BUCKETS * WIDTH, 2, 1000);
	assert_int_equal(lane.shift, SHIFT + 1);
	assert_int_equal(buckets[0].column[2], 11);
	assert_int_equal(buckets[1].column[2], 100);
	assert_int_equal(buckets[LANE_BUCKETS / 2].column[2], 1000);
	assert_int_equal(sum(2), 1111);
}

static void a_long_interval_widens_many_times(void **state)
{
	uint64_t end = LANE_BUCKETS * WIDTH * 37 + 5;

	(void)state;
	lane_spend(&lane, 3, 7, end);
	assert_int_equal(sum(3), end - 7);
	assert_int_equal(lane.shift, SHIFT + 6);
	assert_int_equal(buckets[0].column[3], (WIDTH << 6) - 7);
	assert_int_equal(buckets[1].column[3], WIDTH << 6);
}

static void an_end_at_the_last_border_is_no_loss(void **state)
{
	(void)state;
	lane_spend(&lane, 0, 0, LANE_BUCKETS * WIDTH);
	assert_int_equal(sum(0), LANE_BUCKETS * WIDTH);
}

static void lanes_are_brought_to_one_width(void **state)
{
	(void)state;
	lane_add(&lane, 5 * WIDTH, 0, 1);
	lane_widen(&lane, SHIFT - 1);
	assert_int_equal(lane.shift, SHIFT);
	lane_widen(&lane, SHIFT + 2);
	assert_int_equal(lane.shift, SHIFT + 2);
	assert_int_equal(buckets[1].column[0], 1);
	assert_int_equal(sum(0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_lie_where_their_time_is, setup),
		cmocka_unit_test_setup(an_interval_is_split_at_the_borders, setup),
		cmocka_unit_test_setup(what_is_later_than_the_last_bucket_widens_all, setup),
		cmocka_unit_test_setup(a_long_interval_widens_many_times, setup),
		cmocka_unit_test_setup(an_end_at_the_last_border_is_no_loss, setup),
		cmocka_unit_test_setup(lanes_are_brought_to_one_width, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
