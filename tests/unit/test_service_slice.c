/* SPDX-License-Identifier: MIT */
/*
 * How long a service may run, with a clock and a timer that the test sets: the clock
 * decides, whatever interrupts come, and nothing counts as more than it is.
 */
#include "unit_test.h"

#include "kernel/clock.h"
#include "kernel/service_slice.h"
#include "kernel/timer.h"

#define SLICE 1000U
#define LIMIT 3500U

static const struct service_table_entry entry = {.slice = SLICE, .limit = LIMIT};
static struct service_slot slot;
static uint64_t now, started; /* the length that the timer was started for; 0: stopped */
static unsigned int acknowledged, ended;

uint64_t clock_now(void)
{
	return now;
}

void timer_start(uint64_t ns)
{
	assert_true(ns > 0);
	started = ns;
}

void timer_stop(void)
{
	started = 0;
}

void timer_acknowledge(void)
{
	acknowledged++;
}

void service_end(struct service_slot *service, enum service_end_reason reason, uint64_t detail)
{
	assert_int_equal(reason, SERVICE_ENDED_TIME);
	assert_int_equal(detail, LIMIT);
	service->state = SERVICE_ENDED;
	ended++;
}

static int set_up(void **state)
{
	(void)state;
	now = 70000;
	started = acknowledged = ended = 0;
	slot = (struct service_slot){.entry = &entry, .state = SERVICE_RUNS};
	return 0;
}

/* One slice of @ns. */
static void run(uint64_t ns)
{
	slice_begin(&slot);
	assert_true(started > 0);
	now += ns;
	slice_end(&slot);
	assert_int_equal(started, 0);
}

static void ends_by_the_clock(void **state)
{
	(void)state;
	slice_begin(&slot);
	assert_int_equal(started, SLICE);
	assert_false(slice_is_over(&slot));
	now += SLICE - 1;
	assert_false(slice_is_over(&slot));
	now++;
	assert_true(slice_is_over(&slot));
	slice_end(&slot);
	assert_int_equal(slot.time.used, SLICE);
	assert_int_equal(ended, 0);
}

/* Each is acknowledged and followed by another; none counts. */
static void false_interrupts(void **state)
{
	(void)state;
	slice_begin(&slot);
	for (unsigned int i = 0; i < 100; i++) {
		now += 2;
		slice_interrupted(&slot);
		assert_int_equal(started, SLICE - 2 * (i + 1));
		assert_false(slice_is_over(&slot));
	}
	assert_int_equal(acknowledged, 100);
	slice_end(&slot);
	assert_int_equal(slot.time.used, 200);
}

static void interrupt_in_time(void **state)
{
	(void)state;
	slice_begin(&slot);
	now += SLICE;
	started = 0;
	slice_interrupted(&slot);
	assert_int_equal(acknowledged, 1);
	assert_int_equal(started, 0);
	assert_true(slice_is_over(&slot));
}

/* The host did not let the CPU run, for however long. */
static void kept_waiting(void **state)
{
	(void)state;
	run(1000000000);
	assert_int_equal(slot.time.used, SLICE);
	run(1000000000);
	assert_int_equal(slot.time.used, 2 * SLICE);
	assert_int_equal(ended, 0);
}

/* The last slice is what is left of the limit. */
static void limit(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		run(SLICE + 7);
	slice_begin(&slot);
	assert_int_equal(started, LIMIT - 3 * SLICE);
	now += LIMIT - 3 * SLICE - 1;
	assert_false(slice_is_over(&slot));
	now++;
	assert_true(slice_is_over(&slot));
	slice_end(&slot);
	assert_int_equal(ended, 1);
}

/* Whoever is done in the last moment is done. */
static void done_at_the_limit(void **state)
{
	(void)state;
	slot.time.used = LIMIT - 1;
	slice_begin(&slot);
	now += 5;
	slot.state = SERVICE_WAITS;
	slice_end(&slot);
	assert_int_equal(ended, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ends_by_the_clock, set_up),
		cmocka_unit_test_setup(false_interrupts, set_up),
		cmocka_unit_test_setup(interrupt_in_time, set_up),
		cmocka_unit_test_setup(kept_waiting, set_up),
		cmocka_unit_test_setup(limit, set_up),
		cmocka_unit_test_setup(done_at_the_limit, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
