/* SPDX-License-Identifier: MIT */
/*
 * Start of the other CPUs; see smp.h. A started CPU helps with guest RAM
 * (kernel/guest_ram.c), then serves its guest vCPU.
 */
#include "kernel/smp.h"
#include "kernel/cpu.h"
#include "kernel/guest_ram.h"
#include "kernel/log.h"
#include "kernel/request.h"
#include "kernel/task.h"
#include "kernel/x86_insn.h"
#include "platform.h"

/*
 * How long the next CPU may take after the last one came: by the time-stamp
 * counter, about four seconds, and by rounds in case that stands still.
 */
#define WAIT_TICKS (1ULL << 33)
#define WAIT_ROUNDS (1U << 28)

static unsigned int arrived; /* atomic */

static bool change_state(struct cpu *cpu, enum cpu_state from, enum cpu_state to)
{
	uint32_t expected = from;

	return __atomic_compare_exchange_n(
		&cpu->state, &expected, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

void cpu_entry(struct cpu *cpu)
{
	/* One that comes after it was given up would be unknown to everybody. */
	if (!change_state(cpu, CPU_STARTED, CPU_ONLINE))
		for (;;)
			asm volatile("hlt");
	platform_cpu_init(cpu);
	task_cpu_init();
	__atomic_fetch_add(&arrived, 1, __ATOMIC_ACQ_REL);
	guest_ram_help();
	request_loop();
}

void smp_start_all(void)
{
	unsigned int count = cpu_count() - 1;

	if (!count)
		return;
	platform_prepare_cpus(cpu_list() + 1, count);
	for (unsigned int i = 1; i <= count; i++) {
		struct cpu *cpu = cpu_by_index(i);

		__atomic_store_n(&cpu->state, CPU_STARTED, __ATOMIC_RELEASE);
		platform_cpu_start(cpu);
	}
}

static bool wait_for_progress(unsigned int have)
{
	uint64_t start = read_tsc();

	for (unsigned int round = 0; round < WAIT_ROUNDS; round++) {
		if (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) != have)
			return true;
		if (read_tsc() - start > WAIT_TICKS)
			return false;
		cpu_pause();
	}
	return false;
}

static void leave_out_missing(void)
{
	for (unsigned int i = 1; i < cpu_count(); i++) {
		struct cpu *cpu = cpu_by_index(i);

		if (change_state(cpu, CPU_STARTED, CPU_LEFT_OUT))
			log_warn(
				"nacre: CPU with APIC id %u did not start; left out", cpu->apic_id);
	}
}

unsigned int smp_wait_all(void)
{
	unsigned int have = __atomic_load_n(&arrived, __ATOMIC_ACQUIRE), online = 0;

	while (have < cpu_count() - 1 && wait_for_progress(have))
		have = __atomic_load_n(&arrived, __ATOMIC_ACQUIRE);
	leave_out_missing();
	for (unsigned int i = 0; i < cpu_count(); i++)
		online += cpu_state(cpu_by_index(i)) == CPU_ONLINE;
	return online;
}
