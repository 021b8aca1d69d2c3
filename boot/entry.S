/* SPDX-License-Identifier: MIT */
/*
 * From the launch state (32-bit protected mode, paging off, flat segments) to
 * C: find the C-bit in the CPUID page, finish the bootstrap page table, enter
 * 64-bit mode, validate the memory that was not imported, clear .bss. Runs
 * once, on the first CPU, without a stack until the last step; the other CPUs
 * start in 64-bit mode (platform/sev-snp/cpus.c).
 *
 * One page serves as PML4, PDPT and page directory at once: entries 0, 3 and
 * 511 lead back to the page itself, entries 504 and 505 map the region's 4 MiB.
 * So virtual ff000000h and ffffffffff000000h walk entries 0, 3, 504 and 511,
 * 511, 504. That costs one measured page instead of four, and nothing uses the
 * other addresses which it happens to map.
 */
#include "kernel/layout.h"

#define PA(symbol) ((symbol) - VA_OFFSET)

#define MSR_EFER 0xc0000080
#define MSR_GHCB 0xc0010130
#define EFER_LME_NXE 0x900
#define CR4_PAE 0x20
#define CR0_PG 0x80000000

#define CPUID_COUNT_MAX 64
#define CPUID_ENTRIES 16
#define CPUID_ENTRY_SIZE 48
#define CPUID_ENTRY_EBX 28
#define CPUID_SEV_LEAF 0x8000001f

#define TERMINATE(reason) ((reason) << 16 | 2 << 12 | 0x100)
#define TERM_PVALIDATE 2
#define TERM_CPUID 3

#define PAGE_FLAGS 0x003  /* present, writable */
#define LARGE_FLAGS 0x083 /* present, writable, 2 MiB */

	.section .boot.table, "aw", @progbits
	.balign 4096
	.globl boot_table
boot_table:
	.quad PA(boot_table) + PAGE_FLAGS
	.fill 2, 8, 0
	.quad PA(boot_table) + PAGE_FLAGS
	.fill 504 - 4, 8, 0
	.quad REGION_GPA + LARGE_FLAGS
	.quad REGION_GPA + 0x200000 + LARGE_FLAGS
	.fill 511 - 506, 8, 0
	.quad PA(boot_table) + PAGE_FLAGS

	.section .boot.text, "ax", @progbits
	.code32
	.globl boot_entry
boot_entry:
	cli
	cld

	/* The C-bit: EBX[5:0] of CPUID Fn8000_001F in the page that the secure processor checked. */
	movl $PA(special_cpuid), %esi
	movl (%esi), %ecx
	cmpl $CPUID_COUNT_MAX, %ecx
	ja bad_cpuid
	addl $CPUID_ENTRIES, %esi
next_leaf:
	jecxz bad_cpuid
	cmpl $CPUID_SEV_LEAF, (%esi)
	je found_leaf
	addl $CPUID_ENTRY_SIZE, %esi
	decl %ecx
	jmp next_leaf
found_leaf:
	movl CPUID_ENTRY_EBX(%esi), %ecx
	andl $0x3f, %ecx
	subl $32, %ecx
	jb bad_cpuid
	movl $1, %ebp
	shll %cl, %ebp /* upper half of the C-bit's mask; kept until boot_main */

	movl $PA(boot_table), %esi
	orl %ebp, 8 * 0 + 4(%esi)
	orl %ebp, 8 * 3 + 4(%esi)
	orl %ebp, 8 * 504 + 4(%esi)
	orl %ebp, 8 * 505 + 4(%esi)
	orl %ebp, 8 * 511 + 4(%esi)

	movl %cr4, %eax
	orl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $MSR_EFER, %ecx
	rdmsr
	orl $EFER_LME_NXE, %eax
	wrmsr
	movl %esi, %cr3 /* without the C-bit: page walks are private whatever it says */
	movl %cr0, %eax
	orl $CR0_PG, %eax
	movl %eax, %cr0
	lgdt PA(boot_gdt_pointer)
	ljmp $0x08, $PA(entry_64)

bad_cpuid:
	movl $TERMINATE(TERM_CPUID), %eax
terminate_32:
	xorl %edx, %edx
	movl $MSR_GHCB, %ecx
	wrmsr
	rep; vmmcall /* VMGEXIT */
	jmp terminate_32

	.code64
entry_64:
	movabsq $entry_high, %rax
	jmp *%rax
entry_high:
	movl $0x10, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs

	/*
	 * PVALIDATE what was not imported. 2 MiB where no imported page lies; the
	 * host may still keep that in 4 KiB entries, which the result tells. A set
	 * carry means that a page was validated before: somebody plays a trick.
	 */
	movq $__validate_start, %rbx
	movq $__region_end, %rsi
validate_next:
	cmpq %rsi, %rbx
	jae validated
	testl $0x1fffff, %ebx
	jnz validate_4k
	movq %rbx, %rax
	movl $1, %ecx
	movl $1, %edx
	.byte 0xf2, 0x0f, 0x01, 0xff /* PVALIDATE */
	jc bad_validate
	cmpl $6, %eax
	je validate_4k
	testl %eax, %eax
	jnz bad_validate
	addq $0x200000, %rbx
	jmp validate_next
validate_4k:
	movq %rbx, %rax
	xorl %ecx, %ecx
	movl $1, %edx
	.byte 0xf2, 0x0f, 0x01, 0xff /* PVALIDATE */
	jc bad_validate
	testl %eax, %eax
	jnz bad_validate
	addq $0x1000, %rbx
	jmp validate_next
bad_validate:
	movl $TERMINATE(TERM_PVALIDATE), %eax
terminate_64:
	xorl %edx, %edx
	movl $MSR_GHCB, %ecx
	wrmsr
	rep; vmmcall /* VMGEXIT */
	jmp terminate_64

validated:
	movq $__bss_start, %rdi
	movq $__bss_end, %rcx
	subq %rdi, %rcx
	shrq $3, %rcx
	xorl %eax, %eax
	rep stosq

	movq $boot_stack_top, %rsp
	xorl %edi, %edi
	movl %ebp, %edi
	shlq $32, %rdi
	xorl %ebp, %ebp
	call boot_main
	movq %rax, %rsp /* the first CPU's own stack */
	pushq $0        /* ends the backtrace */
	xorl %ebp, %ebp
	jmp kernel_main

	.section .boot.rodata, "a", @progbits
	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff /* 08: 64-bit code */
	.quad 0x00cf93000000ffff /* 10: data */
boot_gdt_pointer:
	.word . - boot_gdt - 1
	.long PA(boot_gdt)

	.section .bss.boot_stack, "aw", @nobits
	.balign 16
	.skip BOOT_STACK_SIZE
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
