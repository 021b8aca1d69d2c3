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

/*
 * The operand's address and the result share RAX: where the instruction did
 * not complete, the address is still there. The low half of none that is used here
 * looks like a result: of the 4 KiB windows only the first CPU's first has one below
 * PAGE_SIZE, and that is WINDOW_STATE, on which neither instruction is used.
 */
static inline uint32_t rmp_insn_result(uint64_t rax)
{
	if (LIKELY((uint32_t)rax == 0))
		return 0;
	return (uint32_t)rax < PAGE_SIZE ? (uint32_t)rax : RMP_INSN_FAULT;
}

/* @no_change is the carry flag: the page was in the wanted state. */
static inline uint32_t pvalidate(struct va va, uint32_t size, uint32_t validate, bool *no_change)
{
	uint64_t rax = va.value;
	bool carry;

	asm volatile("1: .byte 0xf2, 0x0f, 0x01, 0xff\n\t"
		     "2: setc %[carry]\n\t" EXTABLE(1b, 2b)
		     : "+a"(rax), [carry] "=r"(carry)
		     : "c"(size), "d"(validate)
		     : "memory", "cc");
	*no_change = carry;
	return rmp_insn_result(rax);
}

static inline uint32_t rmpadjust(struct va va, uint32_t size, uint64_t attributes)
{
	uint64_t rax = va.value;

	asm volatile("1: .byte 0xf3, 0x0f, 0x01, 0xfe\n\t"
		     "2:\n\t" EXTABLE(1b, 2b)
		     : "+a"(rax)
		     : "c"((uint64_t)size), "d"(attributes)
		     : "memory", "cc");
	return rmp_insn_result(rax);
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
