/* SPDX-License-Identifier: MIT */
/*
 * The frame allocator: cleared pages of either stretch, until there are no more, and none
 * at all once it is closed, whatever is left.
 */
#include "unit_test.h"

#include <string.h>

#include "ghcb.h"
#include "kernel/frames.h"
#include "kernel/panic.h"

#define PAGES 4U

static uint8_t first[PAGES * PAGE_SIZE] ALIGNED(4096), second[PAGES * PAGE_SIZE] ALIGNED(4096);
static unsigned int reason;
static jmp_buf ended;

void wipe_and_terminate(unsigned int why)
{
	reason = why;
	longjmp(ended, 1);
}

static bool is_cleared(const uint8_t *memory, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		if (memory[i])
			return false;
	return true;
}

static int set_up(void **state)
{
	(void)state;
	memset(first, 0xee, sizeof(first));
	memset(second, 0xee, sizeof(second));
	frames_add((struct va){(uint64_t)first}, sizeof(first));
	frames_add((struct va){(uint64_t)second}, sizeof(second));
	return 0;
}

static void pages_are_cleared_and_come_back(void **state)
{
	uint8_t *pages = frames_alloc(3);

	(void)state;
	assert_ptr_equal(pages, first);
	assert_true(is_cleared(pages, 3 * PAGE_SIZE));
	assert_ptr_equal(frames_alloc(2), second);
	assert_int_equal(frames_free_bytes(), 3 * PAGE_SIZE);
	frames_give_back(second, 2);
	frames_give_back(first, 3);
	assert_int_equal(frames_free_bytes(), 2 * PAGES * PAGE_SIZE);
	assert_null(frames_alloc(PAGES + 1));
}

/* What frames_need() ends with; 0: it has given a page. */
static void need(void)
{
	reason = 0;
	if (!setjmp(ended))
		assert_non_null(frames_need(1));
}

static void closed_there_are_none(void **state)
{
	(void)state;
	need();
	assert_int_equal(reason, 0);
	frames_close();
	assert_null(frames_alloc(1));
	assert_int_equal(frames_free_bytes(), (2 * PAGES - 1) * PAGE_SIZE);
	need();
	assert_int_equal(reason, TERM_NACRE_NO_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_cleared_and_come_back),
		cmocka_unit_test(closed_there_are_none),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
