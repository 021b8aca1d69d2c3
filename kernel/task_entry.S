/* SPDX-License-Identifier: MIT */
/*
 * Into a service and out of it (kernel/task.h). In by IRETQ alone, so that RSP
 * is never a service's in ring 0; out by SYSCALL, or at task_left, to which
 * kernel/exceptions.c leads an exception. Between task_syscall and
 * task_syscall_end RSP is not a stack: kernel/exceptions.c knows.
 */
#include "kernel/layout.h"

	.section .text.entry, "ax", @progbits
	.balign 16
	.globl task_enter
task_enter:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rdi, %gs:CPU_TASK
	movq %rsp, %gs:CPU_TASK_STACK
	pushq $GDT_USER_DATA
	pushq TASK_RSP(%rdi)
	pushq TASK_RFLAGS(%rdi)
	pushq $GDT_USER_CODE
	pushq TASK_RIP(%rdi)
	swapgs
	xorl %eax, %eax
	movl %eax, %gs
	movq 0(%rdi), %r15
	movq 8(%rdi), %r14
	movq 16(%rdi), %r13
	movq 24(%rdi), %r12
	movq 32(%rdi), %r11
	movq 40(%rdi), %r10
	movq 48(%rdi), %r9
	movq 56(%rdi), %r8
	movq 72(%rdi), %rsi
	movq 80(%rdi), %rbp
	movq 88(%rdi), %rbx
	movq 96(%rdi), %rdx
	movq 104(%rdi), %rcx
	movq 112(%rdi), %rax
	movq 64(%rdi), %rdi
	iretq

	.balign 16
	.globl task_syscall
task_syscall:
	swapgs
	movq %rsp, %gs:CPU_USER_RSP
	movq %gs:CPU_TASK, %rsp
	movq %r15, 0(%rsp)
	movq %r14, 8(%rsp)
	movq %r13, 16(%rsp)
	movq %r12, 24(%rsp)
	movq $0, 32(%rsp) /* R11, RCX: what SYSCALL has put there is nobody's */
	movq %r10, 40(%rsp)
	movq %r9, 48(%rsp)
	movq %r8, 56(%rsp)
	movq %rdi, 64(%rsp)
	movq %rsi, 72(%rsp)
	movq %rbp, 80(%rsp)
	movq %rbx, 88(%rsp)
	movq %rdx, 96(%rsp)
	movq $0, 104(%rsp)
	movq %rax, 112(%rsp)
	movq %rcx, TASK_RIP(%rsp)
	movq %r11, TASK_RFLAGS(%rsp)
	movq %gs:CPU_USER_RSP, %rax
	movq %rax, TASK_RSP(%rsp)
	movq %gs:CPU_TASK_STACK, %rsp
	.globl task_syscall_end
task_syscall_end:
	xorl %edi, %edi /* what the C code may keep of a service's is kept in the task alone */
	xorl %esi, %esi
	xorl %edx, %edx
	xorl %ecx, %ecx
	xorl %r8d, %r8d
	xorl %r9d, %r9d
	xorl %r10d, %r10d
	xorl %r11d, %r11d
	movl $TASK_SYSCALL, %eax
	.globl task_left
task_left:
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret
	int3

	.section .note.GNU-stack, "", @progbits
