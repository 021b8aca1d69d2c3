/* SPDX-License-Identifier: MIT */
/*
 * The calling CPU's own struct cpu: GS points at it, and its first member is
 * its address. Host tests put a header of the same name before this one.
 */
#ifndef NACRE_KERNEL_THIS_CPU_H
#define NACRE_KERNEL_THIS_CPU_H

struct cpu;

static inline struct cpu *this_cpu(void)
{
	struct cpu *cpu;

	asm("mov %%gs:0, %0" : "=r"(cpu));
	return cpu;
}

#endif
