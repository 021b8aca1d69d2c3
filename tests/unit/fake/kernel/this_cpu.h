/* SPDX-License-Identifier: MIT */
/*
 * Stands before kernel/this_cpu.h in host tests: each thread says which CPU it
 * plays.
 */
#ifndef NACRE_FAKE_THIS_CPU_H
#define NACRE_FAKE_THIS_CPU_H

struct cpu;

extern __thread struct cpu *fake_this_cpu;

static inline struct cpu *this_cpu(void)
{
	return fake_this_cpu;
}

#endif
