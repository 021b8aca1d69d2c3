/* SPDX-License-Identifier: MIT */
/*
 * Entry of all 256 vectors. A host may inject any vector with or without an
 * error code, so the stub cannot know from the number: the processor aligns RSP
 * to 16 before it pushes the frame of five words, so an error code leaves RSP
 * on a 16-byte boundary and none leaves it 8 off. Each vector has an interrupt
 * stack, so that none is pushed where a service's RSP points.
 */
#define MSR_GS_BASE 0xc0000101

	.section .text.entry, "ax", @progbits
	.balign 8
	.globl exception_vectors
exception_vectors:
	.set vector, 0
	.rept 256
	.balign 8
	.if vector < 128
	pushq $vector
	.else
	pushq $(vector - 256) /* one byte; the handler takes the low 8 bits */
	.endif
	jmp exception_common
	.set vector, vector + 1
	.endr

	.balign 16
exception_common:
	testb $8, %spl /* the vector's push has turned the alignment round */
	jnz 1f
	pushq (%rsp)
	movq $0, 8(%rsp) /* no error code: 0 stands in for it */
1:
	pushq %rax
	pushq %rcx
	pushq %rdx
	pushq %rbx
	pushq %rbp
	pushq %rsi
	pushq %rdi
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	/* A service's AC would open its memory to the kernel, its DF turn copies round. */
	pushq $2
	popfq
	/*
	 * Whose GS it is, the code segment does not tell: an event may come between
	 * SYSCALL and SWAPGS. The kernel's base has its highest bit set, a service's is 0.
	 */
	movl $MSR_GS_BASE, %ecx
	rdmsr
	xorl %ebx, %ebx
	testl %edx, %edx
	js 2f
	swapgs
	incl %ebx
2:
	lfence /* nothing is read by the wrong GS, not even as a guess */
	subq $16, %rsp
	movq %rbx, (%rsp)
	movq %rsp, %rdi
	call exception_handle
	movq (%rsp), %rbx
	addq $16, %rsp
	testl %ebx, %ebx
	jz 3f
	swapgs
3:
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rdi
	popq %rsi
	popq %rbp
	popq %rbx
	popq %rdx
	popq %rcx
	popq %rax
	addq $16, %rsp
	iretq

	.section .note.GNU-stack, "", @progbits
