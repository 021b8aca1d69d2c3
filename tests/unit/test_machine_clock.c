/* SPDX-License-Identifier: MIT */
/*
 * The machine's measurement of its time-stamp counter, while a busy host takes the
 * processor away between any two of the reads.
 */
#include "unit_test.h"

#include "core.h"
#include "insn.h"

#define COUNTER_MHZ 2500ULL
#define NS_PER_S 1000000000ULL
#define MS 1000000ULL
#define TIMER_HZ 3579545ULL
#define READ_NS 20U   /* of the counter */
#define PORT_NS 1500U /* of the timer, half of it before the value is taken */
#define READS 200U    /* more than the first and last moments have */

static uint64_t now_ns;
static uint32_t reads, away_at;
static uint64_t away_ns;

/* One step of what is measured; at step @away_at the processor is away. */
static void pass(uint64_t ns)
{
	now_ns += ns;
	if (reads++ == away_at)
		now_ns += away_ns;
}

uint64_t rdtsc(void)
{
	uint64_t value = now_ns * COUNTER_MHZ / 1000;

	pass(READ_NS);
	return value;
}

uint32_t inl(uint16_t port)
{
	uint32_t value;

	(void)port;
	pass(PORT_NS / 2);
	value = (uint32_t)((unsigned __int128)now_ns * TIMER_HZ / NS_PER_S) & 0xffffff;
	pass(PORT_NS / 2);
	return value;
}

uint8_t inb(uint16_t port)
{
	(void)port;
	return 0;
}

void outb(uint16_t port, uint8_t value)
{
	(void)port;
	(void)value;
}

void machine_fault(const char *fmt, ...)
{
	fail_msg("machine_fault: %s", fmt);
	abort();
}

static void measure(uint32_t at, uint64_t ns)
{
	uint64_t mhz;

	now_ns = NS_PER_S;
	reads = 0;
	away_at = at;
	away_ns = ns;
	mhz = tsc_measure() / 1000000;
	if (mhz < COUNTER_MHZ - 1 || mhz > COUNTER_MHZ + 1)
		fail_msg("away for %lu ms at step %u: %lu MHz", ns / MS, at, mhz);
}

static void nothing_in_between(void **state)
{
	(void)state;
	measure(UINT32_MAX, 0);
}

static void away_between_two_reads(void **state)
{
	static const uint64_t times[] = {5 * MS, 60 * MS, 900 * MS};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		for (uint32_t at = 0; at < READS; at++)
			measure(at, times[i]);
}

/* It is the last moment that such a time ends with. */
static void away_near_the_end(void **state)
{
	uint32_t steps;

	(void)state;
	measure(UINT32_MAX, 0);
	steps = reads;
	for (uint32_t at = steps - READS; at < steps; at++)
		measure(at, 60 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_between),
		cmocka_unit_test(away_between_two_reads),
		cmocka_unit_test(away_near_the_end),
	};

	return cmocka_run_group_tests_name("machine_clock", tests, NULL, NULL);
}
