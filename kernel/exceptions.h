/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and injected events at the paravisor's own level. None is needed
 * to serve the guest; a host may inject any at any instruction.
 */
#ifndef NACRE_KERNEL_EXCEPTIONS_H
#define NACRE_KERNEL_EXCEPTIONS_H

#include "compiler.h"

struct cpu;

/* What kernel/exceptions_entry.S leaves on the stack. */
struct exception_frame {
	uint64_t user_gs; /* 1: GS was a service's, and will be again */
	uint64_t reserved;
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector;     /* bits 7:0 */
	uint64_t error_code; /* 0 when none was pushed */
	uint64_t rip, cs, rflags, rsp, ss;
};
ASSERT_SIZE(struct exception_frame, 24 * 8);

/* Fills the IDT; once, before any CPU loads it. */
void exceptions_init(void);

/* Fills GDT and TSS of @cpu; its stacks exist. */
void descriptors_create(struct cpu *cpu);

/* Loads GDT, TSS and IDT of @cpu on the calling CPU and points GS at it. */
void descriptors_load(struct cpu *cpu);

struct descriptor_pointer {
	uint16_t limit;
	uint64_t base;
} PACKED;

struct descriptor_pointer descriptors_idt(void);

#endif
