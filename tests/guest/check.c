/* SPDX-License-Identifier: MIT */
/* Counting and printing of checks and cases (check.h). */
#include "check.h"

#include "console.h"
#include "guest.h"

static uint32_t failures; /* of the running case; counted on any vCPU */

static void count_failure(void)
{
	__atomic_fetch_add(&failures, 1, __ATOMIC_SEQ_CST);
}

bool check_equal(const char *file, int line, const char *what, uint64_t actual, uint64_t expected)
{
	if (actual == expected)
		return true;
	count_failure();
	print("# %s:%d: %s is %lx, expected %lx\n", file, line, what, actual, expected);
	return false;
}

bool check_differs(const char *file, int line, const char *what, uint64_t actual, uint64_t other)
{
	if (actual != other)
		return true;
	count_failure();
	print("# %s:%d: %s is %lx, expected anything else\n", file, line, what, actual);
	return false;
}

bool check_true(const char *file, int line, const char *what, bool held)
{
	if (held)
		return true;
	count_failure();
	print("# %s:%d: not so: %s\n", file, line, what);
	return false;
}

void check_fail(const char *format, ...)
{
	va_list args;

	count_failure();
	print("# ");
	va_start(args, format);
	print_list(format, args);
	va_end(args);
	print("\n");
}

void check_abort(const char *format, ...)
{
	va_list args;

	print("# ");
	va_start(args, format);
	print_list(format, args);
	va_end(args);
	print("\n");
	guest_exit(1);
}

static bool run_case(const struct test_case *c, uint32_t number)
{
	uint32_t found;

	c->run();
	found = __atomic_exchange_n(&failures, 0, __ATOMIC_SEQ_CST);
	print("%s %u - %s\n", found ? "not ok" : "ok", number, c->text);
	return !found;
}

void check_run(const struct test_case *cases, uint32_t count)
{
	uint32_t failed = 0;

	print("1..%u\n", count);
	for (uint32_t i = 0; i < count; i++)
		failed += !run_case(&cases[i], i + 1);
	guest_exit(failed ? 1 : 0);
}
