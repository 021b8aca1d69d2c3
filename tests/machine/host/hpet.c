/* SPDX-License-Identifier: MIT */
/*
 * Alarms by timers of the HPET that the guest does not know of (hpet.h). scripts/machine
 * gives QEMU's HPET more timers than the three of a PC, and message-signalled interrupts,
 * which go straight to the local APIC as NMI: the machine's kick.
 *
 * Once there are alarms the counter must not stop: the guest's bit for that is kept
 * here, and a guest that sets the counter back writes to one that runs, which has no
 * effect.
 */
#include "hpet.h"
#include "x86.h"

#define CAPABILITIES 0x00UL
#define CONFIGURATION 0x10UL
#define COUNTER 0xf0UL
#define TIMERS 0x100UL
#define TIMER_BYTES 0x20UL
#define TIMER_CONFIGURATION 0x00UL
#define TIMER_COMPARATOR 0x08UL
#define TIMER_ROUTE 0x10UL

#define PERIOD_SHIFT 32 /* of the capabilities; femtoseconds */
#define FEMTOSECONDS_PER_NS 1000000U
#define LAST_TIMER_SHIFT 8
#define LAST_TIMER_MASK 0x1fUL
#define ENABLE BIT(0)
#define TIMER_INTERRUPT BIT(2)
#define TIMER_BY_MESSAGE BIT(14)
#define TIMER_MESSAGES_POSSIBLE BIT(15)
#define MESSAGE_NMI (4UL << 8)
#define GUEST_TIMERS 3U
#define HPET(offset) (*(volatile uint64_t *)phys(HPET_BASE + (offset)))
#define TIMER(v, reg) HPET(TIMERS + (GUEST_TIMERS + (v)->index) * TIMER_BYTES + (reg))

static struct spinlock lock;
static bool started;
static bool guest_runs_it; /* the guest's own bit, once the counter runs anyhow */

static bool is_timer_configuration(uint64_t offset)
{
	return offset >= TIMERS && offset % TIMER_BYTES == TIMER_CONFIGURATION;
}

uint64_t hpet_guest_read(uint64_t offset, uint64_t value)
{
	if (offset >= TIMERS + GUEST_TIMERS * TIMER_BYTES)
		return 0;
	if (offset == CAPABILITIES)
		return (value & ~(LAST_TIMER_MASK << LAST_TIMER_SHIFT)) |
		       (GUEST_TIMERS - 1) << LAST_TIMER_SHIFT;
	if (offset == CONFIGURATION && started)
		return (value & ~ENABLE) | guest_runs_it;
	return is_timer_configuration(offset) ? value & ~TIMER_MESSAGES_POSSIBLE : value;
}

uint64_t hpet_guest_write(uint64_t offset, uint64_t value)
{
	if (offset == CONFIGURATION && started) {
		guest_runs_it = value & ENABLE;
		return value | ENABLE;
	}
	return is_timer_configuration(offset) ? value & ~TIMER_BY_MESSAGE : value;
}

static void check_hardware(void)
{
	uint64_t capabilities = HPET(CAPABILITIES);

	if (capabilities >> PERIOD_SHIFT != HPET_TICK_NS * FEMTOSECONDS_PER_NS ||
		(capabilities >> LAST_TIMER_SHIFT & LAST_TIMER_MASK) <
			GUEST_TIMERS + MACHINE_MAX_CPUS - 1)
		machine_fault("QEMU's HPET (capabilities %lx) is not as scripts/machine asks for",
			capabilities);
}

static void start(void)
{
	spin_lock(&lock);
	if (!started) {
		check_hardware();
		guest_runs_it = HPET(CONFIGURATION) & ENABLE;
		HPET(CONFIGURATION) |= ENABLE;
		started = true;
	}
	spin_unlock(&lock);
}

uint64_t hpet_now(void)
{
	if (!started)
		start();
	return HPET(COUNTER) * HPET_TICK_NS;
}

void hpet_no_alarm(const struct vcpu *v)
{
	TIMER(v, TIMER_CONFIGURATION) = 0;
}

void hpet_alarm(const struct vcpu *v, uint64_t ns)
{
	hpet_no_alarm(v);
	TIMER(v, TIMER_ROUTE) = (APIC_DEFAULT_BASE | v->apic_id << 12) << 32 | MESSAGE_NMI;
	TIMER(v, TIMER_COMPARATOR) = (ns + HPET_TICK_NS - 1) / HPET_TICK_NS;
	TIMER(v, TIMER_CONFIGURATION) = TIMER_BY_MESSAGE | TIMER_INTERRUPT;
}
