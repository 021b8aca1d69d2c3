/* SPDX-License-Identifier: MIT */
/*
 * The clock that KVM gives its guests, and by which a guest knows how fast its
 * time-stamp counter counts: the kernel's Documentation/virt/kvm/x86/msr.rst and
 * cpuid.rst. Under the machine an emulated timer takes too long to be measured by, and
 * a guest would read one for want of a better clock: three exits each time.
 *
 * The counter is the same on all processors and never changes its speed, so a
 * structure that was written once stays right.
 */
#include "host.h"
#include "insn.h"

#define MSR_KVM_WALL_CLOCK_NEW 0x4b564d00
#define MSR_KVM_SYSTEM_TIME_NEW 0x4b564d01
#define SYSTEM_TIME_ENABLED BIT(0)
#define NS_PER_SECOND 1000000000ULL
#define TSC_STABLE 1U

struct pvclock_vcpu_time_info {
	uint32_t version; /* even: not being written */
	uint32_t pad0;
	uint64_t tsc_timestamp;
	uint64_t system_time; /* ns, at that time stamp */
	uint32_t tsc_to_system_mul;
	int8_t tsc_shift;
	uint8_t flags;
	uint8_t pad[2];
};
ASSERT_SIZE(struct pvclock_vcpu_time_info, 32);

struct pvclock_wall_clock {
	uint32_t version;
	uint32_t sec, nsec; /* when the system time was 0 */
};
ASSERT_SIZE(struct pvclock_wall_clock, 12);

static uint64_t started, date;

void kvm_clock_init(void)
{
	(void)tsc_frequency(); /* measured before the guest runs */
	date = seconds_since_1970();
	started = rdtsc();
}

/* Nanoseconds are ((ticks << tsc_shift) * tsc_to_system_mul) >> 32. */
static struct pvclock_vcpu_time_info time_info(void)
{
	struct pvclock_vcpu_time_info t = {
		.version = 2, .tsc_timestamp = started, .flags = TSC_STABLE};
	uint64_t scaled = tsc_frequency();

	while (scaled <= NS_PER_SECOND) {
		scaled <<= 1;
		t.tsc_shift++;
	}
	t.tsc_to_system_mul = (uint32_t)((NS_PER_SECOND << 32) / scaled);
	return t;
}

static void write_system_time(uint64_t gpa)
{
	struct pvclock_vcpu_time_info t = time_info();

	(void)host_memory_write(gpa, &t, sizeof(t));
}

static void write_wall_clock(uint64_t gpa)
{
	struct pvclock_wall_clock w = {2, (uint32_t)date, 0};

	(void)host_memory_write(gpa, &w, sizeof(w));
}

/* As KVM does, an address that cannot be written to is left alone. */
bool kvm_clock_msr_write(uint32_t msr, uint64_t value)
{
	if (msr == MSR_KVM_WALL_CLOCK_NEW)
		write_wall_clock(value);
	else if (msr != MSR_KVM_SYSTEM_TIME_NEW)
		return false;
	else if (value & SYSTEM_TIME_ENABLED)
		write_system_time(value & ~(uint64_t)SYSTEM_TIME_ENABLED);
	return true;
}
