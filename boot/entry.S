/* SPDX-License-Identifier: MIT */
/*
 * From the launch state (32-bit protected mode, paging off, flat segments) to
 * C: find the C-bit in the CPUID page, finish the bootstrap page table, enter
 * 64-bit mode, have boot_claim_memory() validate what was not imported, clear
 * .bss. Runs once, on the first CPU; the other CPUs start in 64-bit mode
 * (platform/sev-snp/cpus.c). An event that the host injects here ends in a
 * termination: the two IDTs for that, 32-bit and 64-bit, are part of the image.
 *
 * One page serves as PML4, PDPT and page directory at once: entries 0, 3 and
 * 511 lead back to the page itself, entry 480 maps the region, entry 481 the same
 * as shared memory (BOOT_SHARED_OFFSET).
 * So virtual fc000000h and fffffffffc000000h walk entries 0, 3, 480 and 511,
 * 511, 480. That costs one measured page instead of four; of the other addresses
 * which it happens to map only those of LOW_ALIAS are used, for one jump.
 */
#include "kernel/layout.h"

#define PA(symbol) ((symbol) - VA_OFFSET)

#define MSR_EFER 0xc0000080
#define MSR_GHCB 0xc0010130
#define EFER_SCE_LME_NXE 0x901
#define CR4_PAE 0x20
#define CR0_PG 0x80000000

#define CPUID_COUNT_MAX 64
#define CPUID_ENTRIES 16
#define CPUID_ENTRY_SIZE 48
#define CPUID_ENTRY_EBX 28
#define CPUID_SEV_LEAF 0x8000001f

#define TERMINATE(reason) ((reason) << 16 | 2 << 12 | 0x100)
#define TERM_CPUID 3
#define TERM_EXCEPTION 8

/* struct snp_secrets: vmpck[4][32]. */
#define SECRETS_KEYS 0x20
#define SECRETS_KEY_BYTES 128

/* Entry 0 maps the region this far below its own address too: from there a jump reaches its high one. */
#define LOW_ALIAS 0xc0000000

#define REGION_ENTRY (REGION_GPA >> 21 & 511)

#define PAGE_FLAGS 0x003  /* present, writable */
#define LARGE_FLAGS 0x083 /* present, writable, 2 MiB */

	.section .boot.table, "aw", @progbits
	.balign 4096
	.globl boot_table
boot_table:
	.quad PA(boot_table) + PAGE_FLAGS
	.fill 2, 8, 0
	.quad PA(boot_table) + PAGE_FLAGS
	.fill REGION_ENTRY - 4, 8, 0
	.quad REGION_GPA + LARGE_FLAGS
	.quad REGION_GPA + LARGE_FLAGS
	.fill 511 - (REGION_ENTRY + 2), 8, 0
	.quad PA(boot_table) + PAGE_FLAGS

	.section .boot.text, "ax", @progbits
	.code32
	.globl boot_entry
boot_entry:
	movl $PA(early_stack_top), %esp
	lgdt PA(boot_gdt_pointer)
	lidt PA(boot_idt_32_pointer)
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
	orl %ebp, 8 * REGION_ENTRY + 4(%esi)
	orl %ebp, 8 * 511 + 4(%esi)

	movl %cr4, %eax
	orl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $MSR_EFER, %ecx
	rdmsr
	orl $EFER_SCE_LME_NXE, %eax
	wrmsr
	movl %esi, %cr3 /* without the C-bit: page walks are private whatever it says */
	movl %cr0, %eax
	orl $CR0_PG, %eax
	movl %eax, %cr0
	ljmp $0x08, $PA(entry_64) - LOW_ALIAS

bad_cpuid:
	movl $TERMINATE(TERM_CPUID), %ebx
	jmp terminate_32
boot_event_32:
	movl $TERMINATE(TERM_EXCEPTION), %ebx
	movl $PA(early_stack_top), %esp
terminate_32:
	btsl $0, PA(keys_wiped) /* once: an event in the middle comes back here */
	jc ask_32
	movl $PA(special_secrets) + SECRETS_KEYS, %edi
	movl $SECRETS_KEY_BYTES / 4, %ecx
	xorl %eax, %eax
	cld
	rep stosl
ask_32:
	movl %ebx, %eax
	xorl %edx, %edx
	movl $MSR_GHCB, %ecx
	wrmsr
	rep; vmmcall /* VMGEXIT */
	jmp ask_32

	.code64
entry_64:
	lidt boot_idt_64_pointer
	lgdt boot_gdt_pointer_64
	/* jmp entry_high, 1 GiB below: the assembler would want a register for that. */
	.byte 0xe9
	.long LOW_ALIAS + entry_high - . - 4
entry_high:
	movl $0x10, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs

	movq $early_stack_top, %rsp
	call boot_claim_memory

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

boot_event_64:
	movl $TERMINATE(TERM_EXCEPTION), %ebx
	movq $early_stack_top, %rsp
	btsl $0, keys_wiped
	jc ask_64
	movq $special_secrets + SECRETS_KEYS, %rdi
	movl $SECRETS_KEY_BYTES / 4, %ecx
	xorl %eax, %eax
	cld
	rep stosl
ask_64:
	movl %ebx, %eax
	xorl %edx, %edx
	movl $MSR_GHCB, %ecx
	wrmsr
	rep; vmmcall /* VMGEXIT */
	jmp ask_64

/*
 * The IDTs: every vector that they have leads to the same place, and any other
 * one to #GP's gate. boot_entry is the image's first byte (linker.ld), so that
 * addresses can be cut into a gate's fields here.
 */
#define VECTORS 32
#define GATE_32 0x8e00
#define LOW_HALF(label) (REGION_GPA & 0xffff) + (label) - boot_entry
#define HIGH_HALF (REGION_GPA >> 16)

	.section .boot.rodata, "a", @progbits
	.balign 16
boot_idt_32:
	.rept VECTORS
	.word LOW_HALF(boot_event_32), 0x18, GATE_32, HIGH_HALF
	.endr
boot_idt_64:
	.rept VECTORS
	.word LOW_HALF(boot_event_64), 0x08, GATE_32, HIGH_HALF + (VA_OFFSET >> 16 & 0xffff)
	.long VA_OFFSET >> 32, 0
	.endr
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff /* 08: 64-bit code */
	.quad 0x00cf93000000ffff /* 10: data */
	.quad 0x00cf9b000000ffff /* 18: 32-bit code */
boot_gdt_end:
boot_gdt_pointer:
	.word boot_gdt_end - boot_gdt - 1
	.long PA(boot_gdt)
boot_gdt_pointer_64:
	.word boot_gdt_end - boot_gdt - 1
	.quad boot_gdt
boot_idt_32_pointer:
	.word boot_idt_64 - boot_idt_32 - 1
	.long PA(boot_idt_32)
boot_idt_64_pointer:
	.word boot_gdt - boot_idt_64 - 1
	.quad boot_idt_64

/* In imported memory: until boot_claim_memory() is done there is no other. */
	.section .data.boot_stack, "aw", @progbits
	.balign 16
	.fill EARLY_STACK_SIZE / 8, 8, 0
early_stack_top:
keys_wiped:
	.long 0

	.section .bss.boot_stack, "aw", @nobits
	.balign 16
	.skip BOOT_STACK_SIZE
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
