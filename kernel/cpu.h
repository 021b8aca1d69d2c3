/* SPDX-License-Identifier: MIT */
/*
 * The per-CPU area: everything a CPU needs to serve its guest vCPU, reserved
 * when the CPU is created. Other CPUs touch only the members that say so.
 */
#ifndef NACRE_KERNEL_CPU_H
#define NACRE_KERNEL_CPU_H

#include "addr.h"
#include "compiler.h"
#include "kernel/layout.h"
#include "kernel/spinlock.h"
#include "kernel/this_cpu.h"
#include "kernel/vcpu.h"
#include "svsm.h"

/* Interrupt stacks, by the number in the IDT's IST field. */
enum ist {
	IST_DF = 1,
	IST_VC = 2,
	IST_NMI = 3,
	IST_MC = 4,
	IST_HV = 5,
	IST_COMMON = 6, /* all other vectors: at SYSCALL's entry RSP is still the service's */
};
static_assert(IST_COMMON == IST_COUNT, "kernel/layout.h reserves IST_COUNT stacks");

/* 64-bit task state segment (AMD64 manual volume 2, figure 12-8). */
struct tss {
	uint32_t reserved_0;
	uint64_t rsp[3];
	uint64_t reserved_1c;
	uint64_t ist[7];
	uint64_t reserved_5c;
	uint16_t reserved_64;
	uint16_t io_map_base;
} PACKED;
ASSERT_SIZE(struct tss, 104);

#define GDT_ENTRIES 7

enum cpu_state {
	CPU_ABSENT = 0,  /* not started */
	CPU_STARTED = 1, /* the host was asked to start it */
	CPU_ONLINE = 2,
	CPU_LEFT_OUT = 3, /* did not answer in time; must stay away if it comes late */
};

enum cpu_timer {
	CPU_TIMER_UNKNOWN = 0, /* nobody has asked the host for it */
	CPU_TIMER_READY = 1,
	CPU_TIMER_NONE = 2,
};

struct ghcb;
struct task;
struct task_registers;

struct cpu {
	struct cpu *self; /* offset 0: this_cpu() */
	/* While a service runs here: its registers, where to go on when it leaves, its RSP. */
	struct task_registers *task;
	uint64_t task_stack;
	uint64_t user_rsp;
	const struct task *predicted; /* whose branches the predictor knows */
	unsigned int index;
	uint32_t apic_id;
	uint32_t state; /* enum cpu_state; atomic */

	struct vcpu_view current; /* the guest vCPU served last */

	/* Windows: page-table entries that only this CPU changes and uses. */
	uint64_t *window_entries; /* WINDOWS_PER_CPU entries for 4 KiB pages */
	uint64_t *window_2m;      /* one page-directory entry */
	struct va window_va, window_2m_va;

	struct ghcb *ghcb;

	/* The private copy of a guest's request list. */
	uint64_t *request_buffer;

	uint64_t stack_top;
	uint64_t ist_top[IST_COUNT];
	enum cpu_timer timer;
	uint64_t stray_events; /* interrupts, NMIs, #HV that came and were ignored */

	uint64_t gdt[GDT_ENTRIES];
	struct tss tss;

	/* Shared with other CPUs from here on. */
	struct vcpu_registry registry;
};
ASSERT_OFFSET(struct cpu, self, 0);
ASSERT_OFFSET(struct cpu, task, CPU_TASK);
ASSERT_OFFSET(struct cpu, task_stack, CPU_TASK_STACK);
ASSERT_OFFSET(struct cpu, user_rsp, CPU_USER_RSP);
static_assert(sizeof(struct cpu) <= PAGE_SIZE, "a struct cpu is one page");

/* All CPUs by index; fixed once the MADT has been read. */
unsigned int cpu_count(void);
struct cpu *cpu_by_index(unsigned int index);
struct cpu *const *cpu_list(void);

/* The online CPU with this APIC id, or NULL. */
struct cpu *cpu_by_apic_id(uint32_t apic_id);

/* Reserves memory for the first CPU and makes it the calling one. */
struct cpu *cpu_create_first(void);

/*
 * Creates the others from the host's list of APIC ids; the first id is the
 * calling CPU's. The list was checked for duplicates.
 */
void cpu_create_others(const uint32_t *apic_ids, unsigned int count);

/* Bytes that one more CPU takes from the frame allocator. */
uint64_t cpu_footprint(void);

static inline enum cpu_state cpu_state(const struct cpu *cpu)
{
	return __atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE);
}

#endif
