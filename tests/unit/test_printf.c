/* SPDX-License-Identifier: MIT */
/*
 * The kernel's formatter against the C library's, and its treatment of text
 * that does not fit.
 */
#include "unit_test.h"

#include <limits.h>

#include "lib/printf.h"

#define CHECK(...)                                                            \
	do {                                                                  \
		char ours[128], theirs[128];                                  \
		size_t length = format(ours, sizeof(ours), __VA_ARGS__);      \
		int expected = snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
		assert_string_equal(ours, theirs);                            \
		assert_int_equal(length, expected);                           \
	} while (0)

static void numbers_are_as_in_c(void **state)
{
	(void)state;
	CHECK("%d %i %u", -5, 0, 4000000000U);
	CHECK("%x %08x %016lx", 0xbeefU, 0x12U, 0xffffffff88000000UL);
	CHECK("%ld %lu %zu", LONG_MIN, ULONG_MAX, sizeof(int));
	CHECK("[%5d] [%-5d] [%05d] [%05d]", 42, 42, 42, -42);
	CHECK("%3u%%", 7U);
	CHECK("%d", INT_MIN);
}

static void text_is_as_in_c(void **state)
{
	(void)state;
	CHECK("%s|%10s|%-10s|%c", "abc", "right", "left", 'x');
	CHECK("%.2s|%*s|%-*s|", "abcdef", 6, "star", 6, "left");
	CHECK("plain");
	CHECK("%s", "");
}

static void long_text_is_cut(void **state)
{
	char small[8];

	(void)state;
	memset(small, 'z', sizeof(small));
	assert_int_equal(format(small, 6, "%s", "abcdefgh"), 5);
	assert_string_equal(small, "abcde");
	assert_int_equal(small[6], 'z');
	assert_int_equal(format(small, 1, "%u", 12345U), 0);
	assert_string_equal(small, "");
	assert_int_equal(format(small, 0, "%u", 12345U), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_as_in_c),
		cmocka_unit_test(text_is_as_in_c),
		cmocka_unit_test(long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
