/* SPDX-License-Identifier: MIT */
/*
 * A processor context: one for each vCPU and VMPL that runs code of the guest.
 * GS leads to it. Descriptor tables are its own, the IDT is everybody's.
 */
#ifndef GUEST_CPU_H
#define GUEST_CPU_H

#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_CODE32 0x18
#define SELECTOR_USER_DATA 0x23
#define SELECTOR_USER_CODE 0x2b
#define SELECTOR_TSS 0x30

#define CPU_GUARD_RSP 8
#define CPU_STACK_PAGES 4
#define IST_COUNT 2

#ifndef __ASSEMBLER__
#include "ghcb.h"
#include "svsm.h"
#include "trap.h"

struct tss {
	uint32_t reserved_0;
	uint64_t rsp[3];
	uint64_t reserved_1c;
	uint64_t ist[7];
	uint64_t reserved_5c;
	uint16_t reserved_64, iomap;
} PACKED;
ASSERT_SIZE(struct tss, 104);

struct cpu {
	struct cpu *self;
	uint64_t guard_rsp; /* trap.h: where a guarded run is left to; 0 if none */
	uint32_t index, apic_id, vmpl;
	struct ghcb *ghcb; /* its shared mapping; NULL: none yet */
	uint64_t ghcb_gpa;
	struct svsm_ca *ca; /* calling area, NULL without a paravisor */
	struct trap trap;
	void (*entry)(void *arg);
	void *arg;
	bool started, finished; /* smp.c */
	uint64_t stack_top, trap_stack_top;
	uint64_t gdt[8];
	struct tss tss;
};
ASSERT_OFFSET(struct cpu, guard_rsp, CPU_GUARD_RSP);

static inline struct cpu *cpu_self(void)
{
	struct cpu *cpu;

	__asm__("mov %%gs:0, %0" : "=r"(cpu));
	return cpu;
}

/* Fills @cpu's tables; stacks must be set. */
void cpu_init(struct cpu *cpu, uint32_t index, uint32_t vmpl);
/* A new context with stacks of its own. */
struct cpu *cpu_new(uint32_t index, uint32_t vmpl);
/* Loads descriptor tables, GS and task register of @cpu on this processor. */
void cpu_load(struct cpu *cpu);
#endif

#endif
