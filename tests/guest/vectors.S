/* SPDX-License-Identifier: MIT */
/*
 * Trap entries, 16 bytes each, to trap_dispatch(); and guarded runs (trap.h),
 * which trap_dispatch() leaves through guard_leave.
 */
#include "cpu.h"

	.text
	.balign 16
	.globl trap_entries
trap_entries:
	.set i, 0
	.rept 256
	.balign 16
	.if i == 8 || (i >= 10 && i <= 14) || i == 17 || i == 21 || i == 29 || i == 30
	.else
	pushq $0
	.endif
	pushq $i
	jmp trap_common
	.set i, i + 1
	.endr

trap_common:
	pushq %rax
	pushq %rbx
	pushq %rcx
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %rbp
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, %rdi
	movq %rsp, %rbp
	andq $-16, %rsp
	cld
	call trap_dispatch
	movq %rbp, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rbp
	popq %rdi
	popq %rsi
	popq %rdx
	popq %rcx
	popq %rbx
	popq %rax
	addq $16, %rsp
	iretq

	.macro guard_begin
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, %gs:CPU_GUARD_RSP
	.endm

/* void guard_call(void (*fn)(void *), void *arg) */
	.globl guard_call
guard_call:
	guard_begin
	movq %rdi, %rax
	movq %rsi, %rdi
	subq $8, %rsp
	call *%rax
	jmp guard_leave

/* void guard_compat(const void *code) */
	.globl guard_compat
guard_compat:
	guard_begin
	pushq $SELECTOR_CODE32
	pushq %rdi
	lretq

/* void guard_user(uint64_t rip, uint64_t rsp, uint64_t arg, uint64_t rflags) */
	.globl guard_user
guard_user:
	guard_begin
	pushq $SELECTOR_USER_DATA
	pushq %rsi
	pushq %rcx
	pushq $SELECTOR_USER_CODE
	pushq %rdi
	movq %rdx, %rdi
	iretq

	.globl guard_leave
guard_leave:
	movl $SELECTOR_DATA, %eax
	movl %eax, %ss
	movl %eax, %ds
	movl %eax, %es
	movq %gs:CPU_GUARD_RSP, %rsp
	movq $0, %gs:CPU_GUARD_RSP
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

	.section .note.GNU-stack, "", @progbits
