/* SPDX-License-Identifier: MIT */
/*
 * The guest's first page tables and stack. The entry code of a probe adds the
 * C-bit to the upper halves of their entries; paging_init() completes them.
 */
	.data
	.balign 4096
	.globl guest_pml4, guest_pdpt_private, guest_pdpt_shared
guest_pml4:
	.quad guest_pdpt_private + 3
	.skip 4096 - 8
guest_pdpt_private:
	.quad 0x00000083, 0x40000083, 0x80000083, 0xc0000083
	.skip 4096 - 32
guest_pdpt_shared:
	.skip 4096

	.globl guest_boot_stack, guest_boot_stack_end
guest_boot_stack:
	.skip 4 * 4096
guest_boot_stack_end:

	.section .note.GNU-stack, "", @progbits
