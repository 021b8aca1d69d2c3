/* SPDX-License-Identifier: MIT */
/*
 * Validation of the paravisor's own memory: every page once, large where that
 * is possible, and an end at whatever the processor says but success.
 */
#include "unit_test.h"

#include "ghcb.h"
#include "kernel/own_memory.h"
#include "kernel/panic.h"
#include "platform.h"

#define BASE 0x8018000UL
#define END 0x8400000UL
#define LARGE 0x8200000UL

static enum page_result large_result, odd_result;
static uint64_t odd_page; /* at which the processor says odd_result */
static uint64_t next;     /* the address that must come next */
static unsigned int small, large, reason;
static jmp_buf ended;

enum page_result platform_page_validate(struct va va, enum page_size size)
{
	assert_int_equal(va.value, next);
	if (va.value == odd_page)
		return odd_result;
	if (size == PAGE_2M && large_result != PAGE_OK)
		return large_result;
	next += size == PAGE_2M ? PAGE_2M_SIZE : PAGE_SIZE;
	*(size == PAGE_2M ? &large : &small) += 1;
	return PAGE_OK;
}

void give_up(unsigned int why, const char *text, ...)
{
	(void)text;
	reason = why;
	longjmp(ended, 1);
}

static int setup(void **state)
{
	(void)state;
	large_result = PAGE_OK;
	odd_page = small = large = reason = 0;
	next = BASE;
	return 0;
}

static void validate(uint64_t physical)
{
	if (!setjmp(ended))
		own_memory_validate((struct va){BASE}, physical, END - BASE);
}

static void what_can_be_large_is(void **state)
{
	(void)state;
	validate(BASE);
	assert_int_equal(next, END);
	assert_int_equal(large, 1);
	assert_int_equal(small, (LARGE - BASE) / PAGE_SIZE);
}

static void nothing_is_large_where_the_addresses_differ(void **state)
{
	(void)state;
	validate(BASE + PAGE_SIZE);
	assert_int_equal(next, END);
	assert_int_equal(large, 0);
}

static void a_host_may_keep_it_in_small_entries(void **state)
{
	(void)state;
	large_result = PAGE_FAIL_SIZEMISMATCH;
	validate(BASE);
	assert_int_equal(next, END);
	assert_int_equal(small, (END - BASE) / PAGE_SIZE);
}

/* Validated before: somebody has another frame for it, or had this one elsewhere. */
static void anything_else_ends_it(void **state)
{
	static const enum page_result results[] = {
		PAGE_NO_CHANGE, PAGE_FAIL_INPUT, PAGE_FAIL_PERMISSION, PAGE_FAIL_INUSE, PAGE_FAULT};
	static const uint64_t pages[] = {BASE, BASE + PAGE_SIZE, LARGE};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(results); i++) {
		for (unsigned int j = 0; j < ARRAY_SIZE(pages); j++) {
			setup(NULL);
			odd_page = pages[j];
			odd_result = results[i];
			validate(BASE);
			assert_int_equal(reason, TERM_NACRE_PVALIDATE);
			assert_int_equal(next, pages[j]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_can_be_large_is, setup),
		cmocka_unit_test_setup(nothing_is_large_where_the_addresses_differ, setup),
		cmocka_unit_test_setup(a_host_may_keep_it_in_small_entries, setup),
		cmocka_unit_test_setup(anything_else_ends_it, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
