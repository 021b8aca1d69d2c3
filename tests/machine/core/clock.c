/* SPDX-License-Identifier: MIT */
/* How fast the time-stamp counter counts, measured once, and the date. */
#include "core.h"
#include "insn.h"

/* PM timer, where QEMU's firmware has put it; it counts 24 bits. */
#define PORT_PM_TIMER 0x608
#define PM_TIMER_HZ 3579545ULL
#define PM_TIMER_MASK 0xffffffU
#define CALIBRATION_TICKS (PM_TIMER_HZ / 20)
#define CALIBRATION_LIMIT (1ULL << 36)
#define TRIES 16U

#define PORT_CMOS_INDEX 0x70
#define PORT_CMOS_DATA 0x71
#define CMOS_SECOND 0
#define CMOS_MINUTE 2
#define CMOS_HOUR 4
#define CMOS_DAY 7
#define CMOS_MONTH 8
#define CMOS_YEAR 9
#define DAYS_TO_2000 10957U /* from 1970 */

/* Both counters at one moment; which the time stamp is wrong by less than @width. */
struct moment {
	uint64_t stamp, width;
	uint32_t timer;
};

static struct moment read_timer(void)
{
	uint64_t before = rdtsc();
	uint32_t timer = inl(PORT_PM_TIMER);

	return (struct moment){before, rdtsc() - before, timer};
}

/*
 * A busy host may take the processor away between two reads, and for as long as the whole
 * measurement is: a guest that believes that its counter counts ten thousand times more
 * slowly gets nothing done but ticks. Of several pairs of reads one is close.
 */
static struct moment close_moment(void)
{
	struct moment best = read_timer();

	for (uint32_t i = 1; i < TRIES; i++) {
		struct moment m = read_timer();

		if (m.width < best.width)
			best = m;
	}
	return best;
}

/* QEMU's timer follows real time, or under icount the instructions, as the time stamp does. */
uint64_t tsc_measure(void)
{
	struct moment first = close_moment(), last;
	uint32_t ticks;

	do {
		last = close_moment();
		ticks = (last.timer - first.timer) & PM_TIMER_MASK;
		if (last.stamp - first.stamp > CALIBRATION_LIMIT)
			machine_fault("QEMU's PM timer does not count");
	} while (ticks < CALIBRATION_TICKS);
	return (last.stamp - first.stamp) * PM_TIMER_HZ / ticks;
}

uint64_t tsc_frequency(void)
{
	static uint64_t frequency;

	if (!frequency)
		frequency = tsc_measure();
	return frequency;
}

/* As QEMU sets it up, in BCD and by 24 hours. */
static uint32_t cmos(uint8_t index)
{
	uint8_t bcd;

	outb(PORT_CMOS_INDEX, index);
	bcd = inb(PORT_CMOS_DATA);
	return (uint32_t)(bcd >> 4) * 10 + (bcd & 15);
}

/* From 2000 to 2099 each fourth year is a leap year. */
static uint32_t days_since_2000(uint32_t year, uint32_t month, uint32_t day)
{
	static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	uint32_t days = year * 365 + (year + 3) / 4 + before[(month + 11) % 12] + day - 1;

	return days + (year % 4 == 0 && month > 2);
}

uint64_t seconds_since_1970(void)
{
	uint32_t second, days;

	do {
		second = cmos(CMOS_SECOND);
		days = days_since_2000(cmos(CMOS_YEAR), cmos(CMOS_MONTH), cmos(CMOS_DAY));
		days += DAYS_TO_2000;
	} while (cmos(CMOS_SECOND) != second);
	return ((days * 24ULL + cmos(CMOS_HOUR)) * 60 + cmos(CMOS_MINUTE)) * 60 + second;
}
