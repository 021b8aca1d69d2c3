/* SPDX-License-Identifier: MIT */
/*
 * Stands before kernel/x86_insn.h when kernel code is built as a host program:
 * instructions that a process may execute do so, the others are fakes of
 * tests/unit/fake_platform.c.
 */
#ifndef NACRE_FAKE_X86_INSN_H
#define NACRE_FAKE_X86_INSN_H

#include "addr.h"
#include "compiler.h"

static inline void cpu_pause(void)
{
	__builtin_ia32_pause();
}

static inline uint64_t read_cr2(void)
{
	return 0x2222;
}

/* A test of the clock says what time it is. */
uint64_t read_tsc(void);

/* A test of page tables counts them. */
void invlpg(struct va va);

/* The GHCB MSR and nothing else; a test plays the host. */
uint64_t read_msr(uint32_t msr);
void write_msr(uint32_t msr, uint64_t value);

#endif
