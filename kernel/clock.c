/* SPDX-License-Identifier: MIT */
/*
 * See clock.h. The timer's channel 2 is started, the time-stamp counter runs for
 * some milliseconds, the timer is read: few exits, and whatever the host answers,
 * an end. A rate that no processor has is replaced by one that some have.
 */
#include "kernel/clock.h"
#include "drivers/port_io.h"
#include "kernel/log.h"
#include "kernel/x86_insn.h"

#define PIT_HZ 1193182UL
#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND 0x43
#define PIT_START 0xb0 /* channel 2, two bytes, mode 0: counts down once */
#define PIT_LATCH 0x80
#define PIT_FULL 0xffffU
#define GATE_PORT 0x61
#define GATE_ON 0x01
#define GATE_OFF 0x00

#define MEASURE_TICKS (1UL << 23)
#define MEASURE_GOOD (MEASURE_TICKS + MEASURE_TICKS / 8) /* with the exits for both ends */
#define MEASURE_TRIES 5U
#define HZ_MIN 100000000UL
#define HZ_MAX 10000000000UL
#define HZ_DEFAULT 2000000000UL
#define NS_PER_S 1000000000UL
#define SCALE_SHIFT 32

static struct clock {
	uint64_t start;
	uint64_t scale; /* nanoseconds of a tick, with SCALE_SHIFT bits behind the point */
	uint64_t last;  /* atomic */
} clock;

/* Some time by both counters. Of the time stamps it is known that they lie between two. */
struct interval {
	uint64_t shortest, longest; /* ticks of the time-stamp counter */
	unsigned int timer;
};

/* The timer begins to count with the last write. */
static void start_timer(struct interval *t)
{
	platform_io_write8(GATE_PORT, GATE_ON);
	platform_io_write8(PIT_COMMAND, PIT_START);
	platform_io_write8(PIT_CHANNEL_2, PIT_FULL & 0xff);
	t->longest = read_tsc();
	platform_io_write8(PIT_CHANNEL_2, PIT_FULL >> 8);
	t->shortest = read_tsc();
}

static void read_timer(struct interval *t)
{
	unsigned int low;

	t->shortest = read_tsc() - t->shortest;
	platform_io_write8(PIT_COMMAND, PIT_LATCH);
	t->longest = read_tsc() - t->longest;
	low = platform_io_read8(PIT_CHANNEL_2);
	t->timer = PIT_FULL - (low | (unsigned int)platform_io_read8(PIT_CHANNEL_2) << 8);
}

static struct interval time_both(void)
{
	struct interval t;
	uint64_t start;

	start_timer(&t);
	start = read_tsc();
	for (uint64_t i = 0; i < MEASURE_TICKS && read_tsc() - start < MEASURE_TICKS; i++)
		cpu_pause();
	read_timer(&t);
	platform_io_write8(GATE_PORT, GATE_OFF);
	return t;
}

/*
 * A host that lets the CPU wait meanwhile makes the interval longer, and the timer starts
 * again after 55 ms: the shortest is the best.
 */
static uint64_t measure(void)
{
	struct interval best = {.longest = UINT64_MAX};
	uint64_t ticks;

	for (unsigned int i = 0; i < MEASURE_TRIES && best.longest > MEASURE_GOOD; i++) {
		struct interval t = time_both();

		if (t.longest < best.longest)
			best = t;
	}
	ticks = best.shortest / 2 + best.longest / 2;
	return best.timer && ticks < HZ_MAX ? ticks * PIT_HZ / best.timer : 0;
}

void clock_init(void)
{
	uint64_t hz = measure();

	if (hz < HZ_MIN || hz > HZ_MAX) {
		log_warn("nacre: the time-stamp counter's rate cannot be measured (%lu Hz)", hz);
		hz = HZ_DEFAULT;
	}
	clock = (struct clock){.start = read_tsc(), .scale = (NS_PER_S << SCALE_SHIFT) / hz};
}

uint64_t clock_now(void)
{
	unsigned __int128 product = (unsigned __int128)(read_tsc() - clock.start) * clock.scale;
	uint64_t now = (uint64_t)(product >> SCALE_SHIFT);
	uint64_t last = __atomic_load_n(&clock.last, __ATOMIC_ACQUIRE);

	do {
		if (now <= last)
			return last;
	} while (!__atomic_compare_exchange_n(
		&clock.last, &last, now, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
	return now;
}
