/* SPDX-License-Identifier: MIT */
/*
 * A probe's first instructions: 32-bit protected mode, paging off, as the
 * launch note asks. Takes the C-bit from the CPUID page, turns on paging.
 */
#include "layout.h"

#define CPUID_ENTRY_BYTES 48
#define SEV_LEAF 0x8000001f

	.section .note.launch, "a", @note
	.balign 4
	.long 6, 2f - 1f, 1
	.asciz "Nacre"
	.balign 4
1:	.long 1, 0
	.quad probe_entry
	.quad 0, 0 /* no region: probes validate what they use */
	.quad PROBE_SECRETS, PROBE_CPUID, PROBE_PARAMETERS
	.quad PROBE_MEMORY_MAP, 1
	.quad PROBE_MADT, 1
	.quad 0 /* no digests: nothing is booted */
	.quad 1 /* SEV_FEATURES: SNP */
2:

	.text
	.code32
	.globl probe_entry
probe_entry:
	cld
	movl $guest_boot_stack_end, %esp
	call find_c_bit
	orl %edx, guest_pml4 + 4
	orl %edx, guest_pdpt_private + 4
	orl %edx, guest_pdpt_private + 12
	orl %edx, guest_pdpt_private + 20
	orl %edx, guest_pdpt_private + 28
	movl $guest_pml4, %eax
	movl %eax, %cr3
	movl $0x620, %eax /* OSXMMEXCPT | OSFXSR | PAE */
	movl %eax, %cr4
	movl $0xc0000080, %ecx
	rdmsr
	orl $0x900, %eax /* NXE | LME */
	wrmsr
	movl $0x80010033, %eax /* PG | WP | NE | ET | MP | PE */
	movl %eax, %cr0
	lgdt gdt_pointer
	ljmp $8, $entry64

/* The C-bit's mask for the upper half of an entry in EDX; stops if there is none. */
find_c_bit:
	movl $PROBE_CPUID + 16, %esi
	movl PROBE_CPUID, %ecx
1:	cmpl $SEV_LEAF, (%esi)
	je 2f
	addl $CPUID_ENTRY_BYTES, %esi
	decl %ecx
	jnz 1b
	ud2
2:	movl 28(%esi), %ecx
	andl $0x3f, %ecx
	subl $32, %ecx
	movl $1, %edx
	shll %cl, %edx
	ret

	.code64
entry64:
	movl $16, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movq $guest_boot_stack_end, %rsp
	xorl %ebp, %ebp
	call guest_start_probe
	ud2

	.section .rodata
	.balign 8
gdt:
	.quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
	.word 23
	.long gdt

	.section .note.GNU-stack, "", @progbits
