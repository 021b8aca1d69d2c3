/* SPDX-License-Identifier: MIT */
/*
 * The paravisor's measurement of its time-stamp counter by the PC's timer, while a
 * busy host lets the CPU wait between any two steps of it.
 */
#include "unit_test.h"

#include "drivers/port_io.h"
#include "kernel/clock.h"
#include "kernel/log.h"
#include "kernel/x86_insn.h"

#define COUNTER_MHZ 2500UL
#define PIT_HZ 1193182UL
#define NS_PER_S 1000000000UL
#define MS 1000000UL
#define READ_NS 20U    /* of the counter */
#define EXIT_NS 40000U /* of a port, half of it before the host acts */
#define STEPS 18U      /* more than one measurement has */

static uint64_t now_ns, started_ns;
static unsigned int away_at, half, latched;
static uint64_t away_ns;
static bool high;

/* To the host or back; at step @away_at it does something else first. */
static void pass(void)
{
	now_ns += EXIT_NS / 2;
	if (half++ == away_at)
		now_ns += away_ns;
}

uint64_t read_tsc(void)
{
	return (now_ns += READ_NS) * COUNTER_MHZ / 1000;
}

void platform_io_write8(uint16_t port, uint8_t value)
{
	pass();
	if (port == 0x42)
		started_ns = now_ns;
	else if (port == 0x43 && !(value & 0x30))
		latched = (0xffff - (now_ns - started_ns) * PIT_HZ / NS_PER_S) & 0xffff;
	high = false;
	pass();
}

uint8_t platform_io_read8(uint16_t port)
{
	uint8_t value = (uint8_t)(high ? latched >> 8 : latched);

	assert_int_equal(port, 0x42);
	high = !high;
	pass();
	pass();
	return value;
}

void log_line(enum log_level level, const char *text, ...)
{
	(void)level;
	fail_msg("%s", text);
}

static void measure(unsigned int at, uint64_t ns)
{
	uint64_t before, clock;

	half = 0;
	away_at = at;
	away_ns = ns;
	clock_init();
	before = clock_now();
	now_ns += 100 * MS;
	clock = clock_now() - before;
	if (clock < 97 * MS || clock > 103 * MS)
		fail_msg(
			"away for %lu ms at step %u: 100 ms are %lu us", ns / MS, at, clock / 1000);
}

static void nothing_in_between(void **state)
{
	(void)state;
	measure(UINT32_MAX, 0);
}

static void away_at_any_step(void **state)
{
	static const uint64_t times[] = {2 * MS, 20 * MS, 54 * MS, 300 * MS};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		for (unsigned int at = 0; at < STEPS; at++)
			measure(at, times[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_between),
		cmocka_unit_test(away_at_any_step),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
