/* SPDX-License-Identifier: MIT */
/*
 * Bounds that hold in speculation too. A processor may go on past a comparison
 * that will fail, with the guest's number as an index; masked without a branch,
 * the number is 0 there. Used where a guest's number selects memory.
 */
#ifndef NACRE_KERNEL_INDEX_MASK_H
#define NACRE_KERNEL_INDEX_MASK_H

#include "compiler.h"

/* All ones if @index < @limit, else 0; in assembly, so that no branch is made of it. */
static inline uint64_t index_mask(uint64_t index, uint64_t limit)
{
	uint64_t mask;

	asm volatile("cmpq %[limit], %[index]\n\t"
		     "sbbq %[mask], %[mask]"
		     : [mask] "=r"(mask)
		     : [index] "r"(index), [limit] "rm"(limit)
		     : "cc");
	return mask;
}

/* Nothing after it starts before all before it is done: the end of speculation. */
static inline void speculation_barrier(void)
{
	asm volatile("lfence" ::: "memory");
}

#endif
