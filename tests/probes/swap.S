/* SPDX-License-Identifier: MIT */
/* See swap.h. Addresses are below 2 GiB, so no register is needed to reach memory. */
#include "swap.h"

	.data
	.balign 64
	.globl swap_seen, swap_next
swap_seen: .skip 1024
swap_next: .skip 1024

	.text
	.globl swap_entry
swap_entry:
	movq %rax, swap_seen
	movq %rcx, swap_seen + 8
	movq %rdx, swap_seen + 16
	movq %rbx, swap_seen + 24
	movq %rsp, swap_seen + 32
	movq %rbp, swap_seen + 40
	movq %rsi, swap_seen + 48
	movq %rdi, swap_seen + 56
	movq %r8, swap_seen + 64
	movq %r9, swap_seen + 72
	movq %r10, swap_seen + 80
	movq %r11, swap_seen + 88
	movq %r12, swap_seen + 96
	movq %r13, swap_seen + 104
	movq %r14, swap_seen + 112
	movq %r15, swap_seen + 120
	movl $7, %eax
	movl $0, %edx
	xsave64 swap_seen + SWAP_XSAVE
	xrstor64 swap_next + SWAP_XSAVE
	.irp n, 0, 1, 2, 3
	movq %dr\n, %rax
	movq %rax, swap_seen + SWAP_DR + 8 * \n
	movq swap_next + SWAP_DR + 8 * \n, %rax
	movq %rax, %dr\n
	.endr
	movq %cr2, %rax
	movq %rax, swap_seen + SWAP_CR2
	movq swap_next + SWAP_CR2, %rax
	movq %rax, %cr2
	movq swap_next, %rax
	movq swap_next + 8, %rcx
	movq swap_next + 16, %rdx
	movq swap_next + 24, %rbx
	movq swap_next + 32, %rsp
	movq swap_next + 40, %rbp
	movq swap_next + 48, %rsi
	movq swap_next + 56, %rdi
	movq swap_next + 64, %r8
	movq swap_next + 72, %r9
	movq swap_next + 80, %r10
	movq swap_next + 88, %r11
	movq swap_next + 96, %r12
	movq swap_next + 104, %r13
	movq swap_next + 112, %r14
	movq swap_next + 120, %r15
	rep; vmmcall
	jmp swap_entry

	.section .note.GNU-stack, "", @progbits
