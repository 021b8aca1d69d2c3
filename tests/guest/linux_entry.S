/* SPDX-License-Identifier: MIT */
/*
 * A guest in the shape of a bzImage (Linux boot protocol 2.15): the set-up
 * sectors with the header, and the 64-bit entry 200h bytes into the rest.
 * Whoever boots a Linux kernel boots it by the same path.
 */
#define GUEST_BASE 0x1000000

	.section .setup, "ax"
	.skip 0x1f1
	.byte 1                  /* setup_sects */
	.word 0                  /* root_flags */
	.long guest_syssize
	.word 0, 0, 0            /* ram_size, vid_mode, root_dev */
	.word 0xaa55
	.byte 0xeb, 0x6a         /* jump to the header's end, 26ch */
	.ascii "HdrS"
	.word 0x20f              /* protocol 2.15 */
	.long 0                  /* realmode_swtch */
	.word 0, 0               /* start_sys_seg, kernel_version */
	.byte 0, 1               /* type_of_loader; loadflags: loaded high */
	.word 0                  /* setup_move_size */
	.long GUEST_BASE         /* code32_start */
	.long 0, 0, 0            /* ramdisk_image, ramdisk_size, bootsect_kludge */
	.word 0                  /* heap_end_ptr */
	.byte 0, 0
	.long 0                  /* cmd_line_ptr */
	.long 0x7fffffff         /* initrd_addr_max */
	.long 0x200000           /* kernel_alignment */
	.byte 0, 21              /* not relocatable; min_alignment */
	.word 1                  /* xloadflags: 64-bit entry */
	.long 1023               /* cmdline_size */
	.long 0                  /* hardware_subarch */
	.quad 0                  /* hardware_subarch_data */
	.long 0, 0               /* payload_offset, payload_length */
	.quad 0                  /* setup_data */
	.quad GUEST_BASE         /* pref_address */
	.long guest_init_size
	.long 0, 0               /* handover_offset, kernel_info_offset */
	.skip 1024 - 0x26c

	.section .head, "ax"
	.code64
	.globl guest_head
guest_head:
	.skip 0x200
	cld
	cli
	movq $guest_boot_stack_end, %rsp
	movq %rsi, %rdi
	xorl %ebp, %ebp
	call guest_start_linux
	ud2

	.section .note.GNU-stack, "", @progbits
