/* SPDX-License-Identifier: MIT */
/* Ring 3 for a few instructions. */
#ifndef GUEST_USER_H
#define GUEST_USER_H

#include "trap.h"

/*
 * Copies @size bytes of position-independent code into a page of ring 3 and
 * runs it with RDI = @arg until its first trap. A pointer for it has to be
 * mapped by paging_map() with pte_user().
 */
struct trap user_run(const void *code, uint32_t size, uint64_t arg);
/* The same with these flags: RFLAGS_IF lets interrupts in, whose handlers return there. */
struct trap user_run_flags(const void *code, uint32_t size, uint64_t arg, uint64_t rflags);

/*
 * A piece of machine code with a name: USER_CODE(name, "insn; int3") declares
 * name[] and name_end[].
 */
#define USER_CODE(name, text)                   \
	extern const char name[], name##_end[]; \
	__asm__(".pushsection .rodata\n" #name ": " text "\n" #name "_end:\n.popsection")
#define USER_RUN(name, arg) user_run(name, (uint32_t)(name##_end - name), (uint64_t)(arg))
#define USER_RUN_FLAGS(name, arg, flags) \
	user_run_flags(name, (uint32_t)(name##_end - name), (uint64_t)(arg), flags)

#endif
