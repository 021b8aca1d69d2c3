/* SPDX-License-Identifier: MIT */
/*
 * The instructions of SEV-SNP, as bytes where an assembler may not know them.
 * Host tests put a header of the same name before this one.
 */
#ifndef NACRE_SEV_SNP_INSN_H
#define NACRE_SEV_SNP_INSN_H

#include "addr.h"
#include "compiler.h"
#include "kernel/extable.h"

/* Result of an instruction that did not complete because of a fault. */
#define RMP_INSN_FAULT 0x100U

static inline void vmgexit(void)
{
	asm volatile("rep; vmmcall" : : : "memory");
}

/* @no_change is the carry flag: the page was in the wanted state. */
static inline uint32_t pvalidate(struct va va, uint32_t size, uint32_t validate, bool *no_change)
{
	uint32_t result = RMP_INSN_FAULT;
	uint64_t rax = va.value;
	bool carry = false;

	asm volatile("1: .byte 0xf2, 0x0f, 0x01, 0xff\n\t"
		     "setc %[carry]\n\t"
		     "movl %%eax, %[result]\n\t"
		     "2:\n\t" EXTABLE(1b, 2b)
		     : "+a"(rax), [result] "+r"(result), [carry] "+r"(carry)
		     : "c"(size), "d"(validate)
		     : "memory", "cc");
	*no_change = carry;
	return result;
}

static inline uint32_t rmpadjust(struct va va, uint32_t size, uint64_t attributes)
{
	uint32_t result = RMP_INSN_FAULT;
	uint64_t rax = va.value;

	asm volatile("1: .byte 0xf3, 0x0f, 0x01, 0xfe\n\t"
		     "movl %%eax, %[result]\n\t"
		     "2:\n\t" EXTABLE(1b, 2b)
		     : "+a"(rax), [result] "+r"(result)
		     : "c"((uint64_t)size), "d"(attributes)
		     : "memory", "cc");
	return result;
}

/* Drops all translations of this guest's ASID, global ones included, everywhere. */
static inline void invlpgb_all(void)
{
	asm volatile(".byte 0x0f, 0x01, 0xfe"
		     :
		     : "a"(0xcUL), "c"(0), "d"(0) /* ASID valid, include global */
		     : "memory");
}

/* Waits until every processor has done what invlpgb_all() asked. */
static inline void tlbsync(void)
{
	asm volatile(".byte 0x0f, 0x01, 0xff" : : : "memory");
}

#endif
