/* SPDX-License-Identifier: MIT */
/*
 * First instructions of the emulated machine: PVH entry in 32-bit mode, page
 * tables of five levels (the nested tables take their depth from the host's,
 * and a C-bit of 51 needs five), then C. Secondary processors come through a
 * trampoline copied below 1 MiB.
 */
#define VIRT_BASE 0xffffffff80000000
#define PHYS(x) ((x) - VIRT_BASE)

	.section .note.pvh, "a", @note
	.align 4
	.long 4, 8, 18
	.asciz "Xen"
	.quad PHYS(machine_entry32)

	.section .bss.tables, "aw", @nobits
	.align 4096
boot_pml5: .skip 4096
boot_pml4_low: .skip 4096
boot_pml4_high: .skip 4096
boot_pdpt_low: .skip 4096
boot_pdpt_high: .skip 4096
boot_pd_high: .skip 4096
	.align 32768
boot_stack: .skip 32768
boot_stack_end:

	.text
	.code32
	.globl machine_entry32
machine_entry32:
	cld
	movl %ebx, %ebp /* PVH start_info */
	movl $PHYS(boot_pml5), %edi
	movl $(6 * 4096 / 4), %ecx
	xorl %eax, %eax
	rep stosl

	movl $PHYS(boot_pml4_low) + 3, PHYS(boot_pml5)
	movl $PHYS(boot_pml4_high) + 3, PHYS(boot_pml5) + 511 * 8
	movl $PHYS(boot_pdpt_low) + 3, PHYS(boot_pml4_low)
	movl $PHYS(boot_pdpt_high) + 3, PHYS(boot_pml4_high) + 511 * 8
	movl $PHYS(boot_pd_high) + 3, PHYS(boot_pdpt_high) + 510 * 8

	/* 512 GiB one to one in 1 GiB pages; 1 GiB from 0 at VIRT_BASE. */
	xorl %ecx, %ecx
1:	movl %ecx, %eax
	shll $30, %eax
	orl $0x83, %eax
	movl %eax, PHYS(boot_pdpt_low)(, %ecx, 8)
	movl %ecx, %eax
	shrl $2, %eax
	movl %eax, PHYS(boot_pdpt_low) + 4(, %ecx, 8)
	movl %ecx, %eax
	shll $21, %eax
	orl $0x83, %eax
	movl %eax, PHYS(boot_pd_high)(, %ecx, 8)
	incl %ecx
	cmpl $512, %ecx
	jb 1b

	movl $PHYS(boot_pml5), %eax
	movl %eax, %cr3
	lgdt PHYS(boot_gdt_pointer)
	call enter_paging
	ljmp $8, $PHYS(entry64)

/* Turns on five-level long-mode paging; CR3 is set. Clobbers eax, ecx, edx. */
enter_paging:
	movl $0x41620, %eax /* OSXSAVE | LA57 | OSXMMEXCPT | OSFXSR | PAE */
	movl %eax, %cr4
	movl $0xc0000080, %ecx
	rdmsr
	orl $0x1900, %eax /* SVME | NXE | LME */
	wrmsr
	movl $0x80010033, %eax /* PG | WP | NE | ET | MP | PE */
	movl %eax, %cr0
	ret

	.code64
entry64:
	movabsq $entry64_high, %rax
	jmp *%rax
entry64_high:
	lgdt boot_gdt_pointer_high
	movl $16, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movq $boot_stack_end, %rsp
	movl %ebp, %edi
	xorl %ebp, %ebp
	call machine_main
1:	hlt
	jmp 1b

	.section .rodata
	.align 8
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff
	.quad 0x00cf93000000ffff
	.quad 0x00cf9b000000ffff
boot_gdt_end:
boot_gdt_pointer:
	.word boot_gdt_end - boot_gdt - 1
	.long PHYS(boot_gdt)
	.align 8
	.globl boot_gdt_pointer_high
boot_gdt_pointer_high:
	.word boot_gdt_end - boot_gdt - 1
	.quad boot_gdt

/*
 * Secondary processors: copied to TRAMPOLINE_PHYS, whose next page holds a
 * copy of the root table (the real one may lie above 4 GiB). The processor's
 * APIC id is its number and gives it its stack.
 */
#define TRAMPOLINE_PHYS 0x8000
#define REL(x) ((x) - ap_trampoline + TRAMPOLINE_PHYS)
	.section .rodata
	.globl ap_trampoline, ap_trampoline_end
	.code16
ap_trampoline:
	cli
	cld
	xorw %ax, %ax
	movw %ax, %ds
	lgdtl REL(ap_gdt_pointer)
	movl $1, %eax
	movl %eax, %cr0
	ljmpl $24, $REL(ap_entry32)
	.code32
ap_entry32:
	movl $16, %eax
	movl %eax, %ds
	movl %eax, %ss
	movl $(TRAMPOLINE_PHYS + 0x1000), %eax
	movl %eax, %cr3
	movl $0x41620, %eax
	movl %eax, %cr4
	movl $0xc0000080, %ecx
	rdmsr
	orl $0x1900, %eax
	wrmsr
	movl $0x80010033, %eax
	movl %eax, %cr0
	ljmp $8, $REL(ap_entry64)
	.code64
ap_entry64:
	movabsq $ap_entry_high, %rax
	jmp *%rax
	.align 8
ap_gdt:
	.quad 0
	.quad 0x00af9b000000ffff
	.quad 0x00cf93000000ffff
	.quad 0x00cf9b000000ffff
ap_gdt_pointer:
	.word 31
	.long REL(ap_gdt)
ap_trampoline_end:

	.text
ap_entry_high:
	lgdt boot_gdt_pointer_high
	movq machine_cr3(%rip), %rax
	movq %rax, %cr3
	movl $16, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movl $1, %eax /* the initial APIC id is the processor's number */
	cpuid
	shrl $24, %ebx
	movl %ebx, %eax
	movq ap_stack_tops(, %rax, 8), %rsp
	movl %eax, %edi
	call machine_ap_main
1:	hlt
	jmp 1b

/*
 * void machine_relocate(uint64_t dst, uint64_t src, uint64_t size, uint64_t cr3)
 * The stack is in the image: nothing may touch it between the copy and CR3.
 */
	.globl machine_relocate
machine_relocate:
	movq %rcx, %rax
	movq %rdx, %rcx
	rep movsb
	movq %rax, %cr3
	ret

/* Exceptions of the machine itself: vector and frame to C, which stops the run. */
	.globl machine_vectors
	.section .rodata
	.align 8
machine_vectors:
	.set i, 0
	.rept 256
	.quad vector_stub_base + i * 16
	.set i, i + 1
	.endr
	.text
	.align 16
vector_stub_base:
	.set i, 0
	.rept 256
	.align 16
	.if i == 8 || (i >= 10 && i <= 14) || i == 17 || i == 21 || i == 29 || i == 30
	.else
	pushq $0
	.endif
	pushq $i
	jmp vector_common
	.set i, i + 1
	.endr
vector_common:
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
	movq %rsp, %rdi
	cld
	call machine_exception
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

/*
 * void svm_vmrun(uint64_t vmcb_pa, struct gpr *gpr)
 * Runs the guest until its next exit. RAX and RSP travel in the VMCB, FS, GS,
 * TR, LDTR and the system-call MSRs stay loaded (svm.c moves them by VMLOAD
 * and VMSAVE). The FPU is the guest's: nothing here touches it.
 */
	.globl svm_vmrun
svm_vmrun:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rsi
	movq %rdi, %rax
	movq %rsi, %rdi
	movq 0x00(%rdi), %rcx
	movq 0x08(%rdi), %rdx
	movq 0x10(%rdi), %rbx
	movq 0x18(%rdi), %rbp
	movq 0x20(%rdi), %rsi
	movq 0x30(%rdi), %r8
	movq 0x38(%rdi), %r9
	movq 0x40(%rdi), %r10
	movq 0x48(%rdi), %r11
	movq 0x50(%rdi), %r12
	movq 0x58(%rdi), %r13
	movq 0x60(%rdi), %r14
	movq 0x68(%rdi), %r15
	movq 0x28(%rdi), %rdi
	vmrun %rax
	.globl svm_resumed
svm_resumed:
	pushq %rdi
	movq 8(%rsp), %rdi
	movq %rcx, 0x00(%rdi)
	movq %rdx, 0x08(%rdi)
	movq %rbx, 0x10(%rdi)
	movq %rbp, 0x18(%rdi)
	movq %rsi, 0x20(%rdi)
	popq 0x28(%rdi)
	movq %r8, 0x30(%rdi)
	movq %r9, 0x38(%rdi)
	movq %r10, 0x40(%rdi)
	movq %r11, 0x48(%rdi)
	movq %r12, 0x50(%rdi)
	movq %r13, 0x58(%rdi)
	movq %r14, 0x60(%rdi)
	movq %r15, 0x68(%rdi)
	cld
	popq %rsi
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

/*
 * void cpu_sleep(const bool *wake)
 * Halts until an NMI, unless *wake is set. An NMI between the test and HLT
 * would be lost; the handler (smp.c) moves such an RIP to sleep_end.
 */
	.globl cpu_sleep, sleep_begin, sleep_end
cpu_sleep:
	stgi
sleep_begin:
	cmpb $0, (%rdi)
	jne sleep_end
	hlt
sleep_end:
	clgi
	ret

/*
 * bool cpu_refuses_xsavec(void *area)
 * Whether XSAVEC is #UD, of which the handler (smp.c) makes a jump.
 */
	.globl cpu_refuses_xsavec, xsavec_try, xsavec_refused
cpu_refuses_xsavec:
	movl $7, %eax
	xorl %edx, %edx
xsavec_try:
	xsavec64 (%rdi)
	xorl %eax, %eax
	ret
xsavec_refused:
	movl $1, %eax
	ret

	.section .note.GNU-stack, "", @progbits
