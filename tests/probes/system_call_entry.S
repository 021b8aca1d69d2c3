/* SPDX-License-Identifier: MIT */
/*
 * Ring 3 by SYSRET and back by SYSCALL, with SWAPGS on both ways (system_call.h).
 * A system call with RAX = 1 returns to where it came from, any other ends the run.
 */
	.text

/* void system_call_run(uint64_t rip, uint64_t rsp, uint64_t rflags, uint64_t arg) */
	.globl system_call_run, system_call_leave
system_call_run:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, kernel_rsp(%rip)
	movq %rdx, %r11
	movq %rdi, %rax
	movq %rcx, %rdi
	movq %rax, %rcx
	cli
	swapgs
	movq %rsi, %rsp
system_call_leave:
	sysretq

	.globl system_call_entry
system_call_entry:
	swapgs
	incl system_calls(%rip)
	movq %rsp, user_rsp(%rip)
	movq kernel_rsp(%rip), %rsp
	movq %rcx, system_call_rcx(%rip)
	movq %r11, system_call_r11(%rip)
	pushfq
	popq system_call_flags(%rip)
	movl %cs, %ecx
	movl %ecx, system_call_cs(%rip)
	movl %ss, %ecx
	movl %ecx, system_call_ss(%rip)
	cmpl $1, %eax
	jne 1f
	movq system_call_rcx(%rip), %rcx
	movq user_rsp(%rip), %rsp
	swapgs
	.globl system_call_return
system_call_return:
	sysretq
1:	movq %rbx, system_call_rbx(%rip)
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

	.bss
	.globl system_calls, system_call_rcx, system_call_r11, system_call_flags
	.globl system_call_cs, system_call_ss, system_call_rbx
	.balign 8
kernel_rsp:        .skip 8
user_rsp:          .skip 8
system_call_rcx:   .skip 8
system_call_r11:   .skip 8
system_call_flags: .skip 8
system_call_rbx:   .skip 8
system_calls:      .skip 4
system_call_cs:    .skip 4
system_call_ss:    .skip 4

	.section .note.GNU-stack, "", @progbits
