/* SPDX-License-Identifier: MIT */
/*
 * See timer.h. The timer's rate is measured against the clock, on one CPU for
 * all: an interrupt that comes early is followed by another, one that comes late
 * makes a longer slice.
 */
#include "kernel/timer.h"
#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/log.h"
#include "kernel/x86_insn.h"
#include "platform.h"

#define MEASURE_NS 250000UL
#define MEASURE_ROUNDS 1000000U /* reads of a clock that does not go */
#define SCALE_SHIFT 20
/* Ticks of a nanosecond: from 1 MHz to 16 GHz. */
#define SCALE_MIN ((1UL << SCALE_SHIFT) / 1000)
#define SCALE_MAX (16UL << SCALE_SHIFT)

static uint64_t scale; /* ticks of a nanosecond, with SCALE_SHIFT bits behind the point; 0: none */

static bool open_here(struct cpu *cpu)
{
	if (cpu->timer == CPU_TIMER_UNKNOWN)
		cpu->timer = platform_timer_open() ? CPU_TIMER_READY : CPU_TIMER_NONE;
	return cpu->timer == CPU_TIMER_READY;
}

static uint64_t measure(void)
{
	uint64_t start = clock_now(), passed;

	platform_timer_count();
	for (unsigned int i = 0; i < MEASURE_ROUNDS && clock_now() - start < MEASURE_NS; i++)
		cpu_pause();
	passed = clock_now() - start;
	if (!passed)
		return 0;
	return ((uint64_t)(UINT32_MAX - platform_timer_left()) << SCALE_SHIFT) / passed;
}

void timer_init(void)
{
	uint64_t measured = 0;

	if (open_here(this_cpu())) {
		measured = measure();
		platform_timer_stop();
	}
	if (measured >= SCALE_MIN && measured <= SCALE_MAX)
		scale = measured;
	else
		log_warn("nacre: no timer at this level: services are not interrupted");
}

void timer_start(uint64_t ns)
{
	struct cpu *cpu = this_cpu();
	unsigned __int128 ticks = ((unsigned __int128)ns * scale >> SCALE_SHIFT) + 1;

	if (!scale || !open_here(cpu))
		return;
	if (!platform_timer_start(ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX))
		cpu->timer = CPU_TIMER_NONE;
}

void timer_stop(void)
{
	if (this_cpu()->timer == CPU_TIMER_READY)
		platform_timer_stop();
}

void timer_acknowledge(void)
{
	if (this_cpu()->timer == CPU_TIMER_READY)
		platform_timer_acknowledge();
}
