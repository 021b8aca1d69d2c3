/* SPDX-License-Identifier: MIT */
/*
 * What the log says of a service's memory: when it is ready, then each new maximum that is
 * far enough from the last; nothing before, nothing twice, and never many lines.
 */
#include "unit_test.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel/log.h"
#include "kernel/service_memory.h"

#define SMALL 64U    /* pages: 256 KiB */
#define LARGE 16384U /* 64 MiB */

static const struct service_table_entry entry = {.name = "leaks"};
static struct service_slot slot;
static unsigned int lines;
static char last[LOG_LINE_MAX];

void log_line(enum log_level level, const char *text, ...)
{
	va_list args;

	assert_int_equal(level, LOG_INFO);
	lines++;
	va_start(args, text);
	vsnprintf(last, sizeof(last), text, args);
	va_end(args);
}

static int set_up(void **state)
{
	(void)state;
	slot = (struct service_slot){
		.entry = &entry, .space = {.total = SMALL, .free = SMALL - 10}};
	lines = 0;
	return 0;
}

static void use(uint64_t pages)
{
	slot.space.free = slot.space.total - pages;
	service_memory_grown(&slot);
}

static void nothing_before_it_is_ready(void **state)
{
	(void)state;
	use(60);
	assert_int_equal(lines, 0);
	service_memory_ready(&slot);
	assert_int_equal(lines, 1);
	assert_string_equal(last, "nacre: service leaks uses 240 of 256 KiB");
}

static void each_new_maximum_once(void **state)
{
	(void)state;
	service_memory_ready(&slot);
	assert_string_equal(last, "nacre: service leaks uses 40 of 256 KiB");
	use(10 + 15);
	assert_int_equal(lines, 1);
	use(10 + 16);
	assert_int_equal(lines, 2);
	assert_string_equal(last, "nacre: service leaks uses 104 of 256 KiB");
	use(5);
	use(26);
	use(41);
	assert_int_equal(lines, 2);
	use(42);
	assert_int_equal(lines, 3);
}

static void few_lines_of_a_large_one(void **state)
{
	(void)state;
	slot.space.total = LARGE;
	slot.space.free = LARGE - 10;
	service_memory_ready(&slot);
	for (uint64_t pages = 10; pages <= LARGE; pages++)
		use(pages);
	assert_int_equal(lines, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_before_it_is_ready, set_up),
		cmocka_unit_test_setup(each_new_maximum_once, set_up),
		cmocka_unit_test_setup(few_lines_of_a_large_one, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
