/* SPDX-License-Identifier: MIT */
/*
 * Bringing the other CPUs up, all side by side and bounded in time.
 */
#ifndef NACRE_KERNEL_SMP_H
#define NACRE_KERNEL_SMP_H

#include "compiler.h"

struct cpu;

/* Where a started CPU begins, on its own stack and with its own tables. */
NORETURN void cpu_entry(struct cpu *cpu);

/* Asks the host to start all CPUs but the first; does not wait. */
void smp_start_all(void);

/*
 * Waits until all have come, or none has come for a while. Those that are
 * missing are reported and left out for good. Returns how many are online.
 */
unsigned int smp_wait_all(void);

#endif
