/* SPDX-License-Identifier: MIT */
/*
 * void conformance_exit(struct registers *r): VMGEXIT with every general
 * register but RSP, the XMM registers and the status flags loaded from *r, and
 * all of them stored to *r afterwards (call.h).
 */
#define RBX 8
#define RCX 16
#define RDX 24
#define RSI 32
#define RDI 40
#define RBP 48
#define R8 56
#define RFLAGS 120
#define XMM 128
#define SAVED_R 8 /* the pointer's place on the stack while RAX lies above it */

	.macro xmm_all insn, store
	.set i, 0
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.if \store
	\insn %xmm\n, XMM + 16 * i(%rax)
	.else
	\insn XMM + 16 * i(%rdi), %xmm\n
	.endif
	.set i, i + 1
	.endr
	.endm

	.text
	.globl conformance_exit
conformance_exit:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rdi
	xmm_all movups, 0
	pushq RFLAGS(%rdi)
	.irp n, 8, 9, 10, 11, 12, 13, 14, 15
	movq R8 + 8 * (\n - 8)(%rdi), %r\n
	.endr
	movq (%rdi), %rax
	movq RBX(%rdi), %rbx
	movq RCX(%rdi), %rcx
	movq RDX(%rdi), %rdx
	movq RSI(%rdi), %rsi
	movq RBP(%rdi), %rbp
	movq RDI(%rdi), %rdi
	popfq
	rep
	vmmcall
	pushq %rax
	movq SAVED_R(%rsp), %rax
	movq %rbx, RBX(%rax)
	movq %rcx, RCX(%rax)
	movq %rdx, RDX(%rax)
	movq %rsi, RSI(%rax)
	movq %rdi, RDI(%rax)
	movq %rbp, RBP(%rax)
	.irp n, 8, 9, 10, 11, 12, 13, 14, 15
	movq %r\n, R8 + 8 * (\n - 8)(%rax)
	.endr
	xmm_all movups, 1
	popq (%rax)
	pushfq
	popq RFLAGS(%rax)
	cld
	popq %rdi
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

	.section .note.GNU-stack, "", @progbits
