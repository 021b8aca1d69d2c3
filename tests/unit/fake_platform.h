/* SPDX-License-Identifier: MIT */
/*
 * The third backend: kernel and protocol code as an ordinary process, on a
 * model of guest RAM with the state that an RMP keeps of each page. Tests look
 * at the model to see what a call has really done.
 */
#ifndef NACRE_TESTS_FAKE_PLATFORM_H
#define NACRE_TESTS_FAKE_PLATFORM_H

#include "kernel/cpu.h"
#include "kernel/page_state.h"
#include "snp.h"

/* Two ranges of RAM: FAKE_RAM_BASE up, and one that starts off a 2 MiB boundary. */
#define FAKE_RAM_BASE 0x200000UL
#define FAKE_RAM_END 0x2000000UL
#define FAKE_RAM2_BASE 0x3003000UL
#define FAKE_RAM2_END 0x3800000UL
#define FAKE_OWN_BASE 0x400000UL /* a 2 MiB block that is the paravisor's */
#define FAKE_CPUS 4U
#define FAKE_GUEST_VMPL 2U

struct fake_page {
	bool validated, vmsa, in_use;
	bool large; /* part of a 2 MiB entry */
	bool taken; /* by the host: every access faults */
	uint8_t perms[VMPL_COUNT];
};

/* Everything as after launch: pages invalid for the guest, in 4 KiB entries, CPUs online. */
void fake_reset(void);

struct fake_page *fake_page(uint64_t address);
uint8_t *fake_memory(uint64_t address);
uint8_t fake_state(uint64_t address);

/* Makes [address, address + bytes) the guest's: validated, granted, filled with @byte. */
void fake_give(uint64_t address, uint64_t bytes, uint8_t byte);

struct cpu *fake_cpu(unsigned int index);

/* Makes the calling thread play a CPU. */
void fake_play(unsigned int index);

/* A vCPU for CPU @index, as guest launch makes the first one. */
struct vmsa *fake_first_vcpu(unsigned int index, uint64_t save_area, uint64_t calling_area);

/* How often all TLBs were flushed, and pages whose rights were taken since the last time. */
extern unsigned int fake_flushes, fake_unflushed;

/* Called before each page operation and each mapping ("map"); NULL: not. Lets a test race with a
 * call. */
extern void (*fake_hook)(const char *operation, uint64_t page);

#endif
