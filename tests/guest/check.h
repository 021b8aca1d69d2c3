/* SPDX-License-Identifier: MIT */
/*
 * Test cases of a bare-metal guest: each prints one line, "ok N - text" or
 * "not ok N - text" after what was found wrong. A plan "1..N" comes first, so
 * that the runner knows of cases that never ran.
 */
#ifndef GUEST_CHECK_H
#define GUEST_CHECK_H

#include "compiler.h"

struct test_case {
	const char *text;
	void (*run)(void);
};

/* Runs all cases, then ends the run: status 0 if every check held, else 1. */
NORETURN void check_run(const struct test_case *cases, uint32_t count);
#define CHECK_RUN(cases) check_run(cases, ARRAY_SIZE(cases))

/* A check that fails prints place and values, counts, and goes on; true if it held. */
#define EXPECT_EQ(actual, expected) \
	check_equal(__FILE__, __LINE__, #actual, (uint64_t)(actual), (uint64_t)(expected))
#define EXPECT_NE(actual, other) \
	check_differs(__FILE__, __LINE__, #actual, (uint64_t)(actual), (uint64_t)(other))
#define EXPECT(condition) check_true(__FILE__, __LINE__, #condition, !!(condition))

bool check_equal(const char *file, int line, const char *what, uint64_t actual, uint64_t expected);
bool check_differs(const char *file, int line, const char *what, uint64_t actual, uint64_t other);
bool check_true(const char *file, int line, const char *what, bool held);

/* Something is wrong that no EXPECT can say; prints and counts. */
void check_fail(const char *format, ...) PRINTF_LIKE(1, 2);
/* Without what a case needs, nothing after it makes sense: prints and ends the run. */
NORETURN void check_abort(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
