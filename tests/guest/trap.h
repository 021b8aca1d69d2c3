/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and interrupts. Three ways to meet one: TRY() around one
 * instruction that may fault, a guarded run that any trap ends (ring 3, 32-bit
 * code, or a function), or a handler for a vector. A trap that nobody expects
 * ends the run as failed.
 */
#ifndef GUEST_TRAP_H
#define GUEST_TRAP_H

#include "compiler.h"
#include "x86.h"

struct trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

#define TRAP_NONE 0x100U /* struct trap.vector: there was none */

struct trap {
	uint64_t vector, error, rip, cs, rflags, rsp, cr2;
	uint64_t frame; /* address of the frame: tells which stack was used */
};

/* Goes on where *@f says if it returns true; false: not its affair. */
typedef bool (*trap_handler)(struct trap_frame *f);
void trap_handle(uint32_t vector, trap_handler handler);
/* Delivers @vector on IST stack @ist, 1 to IST_COUNT; 0: as usual. */
void trap_use_ist(uint32_t vector, uint32_t ist);
/* Range of addresses of the running context's IST stack @ist. */
bool trap_on_ist(const struct trap *t, uint32_t ist);
void trap_init(void);
void trap_load_idt(void);
/* For a VMSA's IDTR. */
uint64_t trap_idt_base(void);
uint16_t trap_idt_limit(void);

/* The record of this context's last trap, cleared before a TRY. */
struct trap *trap_record(void);

/*
 * Runs one instruction; yields the struct trap it took, vector TRAP_NONE if it
 * took none. Operands as in an asm statement: TRY("rdmsr", "=a"(v) : "c"(n) : "edx").
 */
#define TRY(insn, ...)                                                                       \
	({                                                                                   \
		trap_record()->vector = TRAP_NONE;                                           \
		__asm__ volatile("1: " insn "\n2:\n"                                         \
				 ".pushsection .extable, \"a\"\n.quad 1b, 2b\n.popsection\n" \
				 : __VA_ARGS__);                                             \
		*trap_record();                                                              \
	})

/* --- Guarded runs: the first trap without a handler ends them and is the result --- */

/* Calls @fn; vector TRAP_NONE if it returned. */
struct trap trap_guard_call(void (*fn)(void *arg), void *arg);
/* 32-bit code at @code (in the low 4 GiB), which must end in a trap (INT3). */
struct trap trap_guard_compat(const void *code);
/* Ring 3 at @rip with @rsp and RDI = @arg; must end in a trap. See user.h. */
struct trap trap_guard_user(uint64_t rip, uint64_t rsp, uint64_t arg);
struct trap trap_guard_user_flags(uint64_t rip, uint64_t rsp, uint64_t arg, uint64_t rflags);

#endif
