/* SPDX-License-Identifier: MIT */
/*
 * The x86 boot protocol of Linux (Documentation/arch/x86/boot.rst and
 * zero-page.rst): the header inside a bzImage and the boot_params page. Wire
 * formats only; for whoever starts a Linux kernel without firmware.
 */
#ifndef NACRE_LINUX_ABI_H
#define NACRE_LINUX_ABI_H

#include "compiler.h"

#define LINUX_SETUP_HEADER_OFFSET 0x1f1U
#define LINUX_SETUP_HEADER_END_MAX 0x290U /* boot_params has other fields from there */
#define LINUX_HEADER_MAGIC 0x53726448U    /* "HdrS" */
#define LINUX_BOOT_FLAG 0xaa55U
#define LINUX_LOADFLAG_HIGH BIT(0)
#define LINUX_XLF_KERNEL_64 BIT(0)
#define LINUX_ENTRY_64 0x200U /* from the load address */
#define LINUX_LOADER_UNDEFINED 0xffU
#define LINUX_VIDEO_NORMAL 0xffffU

struct linux_setup_header {
	uint8_t setup_sects;
	uint16_t root_flags;
	uint32_t syssize; /* in 16 bytes */
	uint16_t ram_size;
	uint16_t vid_mode;
	uint16_t root_dev;
	uint16_t boot_flag;
	uint8_t jump;
	uint8_t jump_target; /* header ends at 202h plus this */
	uint32_t header;
	uint16_t version;
	uint32_t realmode_swtch;
	uint16_t start_sys_seg;
	uint16_t kernel_version;
	uint8_t type_of_loader;
	uint8_t loadflags;
	uint16_t setup_move_size;
	uint32_t code32_start;
	uint32_t ramdisk_image;
	uint32_t ramdisk_size;
	uint32_t bootsect_kludge;
	uint16_t heap_end_ptr;
	uint8_t ext_loader_ver;
	uint8_t ext_loader_type;
	uint32_t cmd_line_ptr;
	uint32_t initrd_addr_max;
	uint32_t kernel_alignment;
	uint8_t relocatable_kernel;
	uint8_t min_alignment;
	uint16_t xloadflags;
	uint32_t cmdline_size; /* without the NUL */
	uint32_t hardware_subarch;
	uint64_t hardware_subarch_data;
	uint32_t payload_offset;
	uint32_t payload_length;
	uint64_t setup_data;
	uint64_t pref_address;
	uint32_t init_size;
	uint32_t handover_offset;
	uint32_t kernel_info_offset;
} PACKED;
ASSERT_SIZE(struct linux_setup_header, 0x26c - LINUX_SETUP_HEADER_OFFSET);
ASSERT_OFFSET(struct linux_setup_header, header, 0x202 - LINUX_SETUP_HEADER_OFFSET);
ASSERT_OFFSET(struct linux_setup_header, cmd_line_ptr, 0x228 - LINUX_SETUP_HEADER_OFFSET);
ASSERT_OFFSET(struct linux_setup_header, xloadflags, 0x236 - LINUX_SETUP_HEADER_OFFSET);
ASSERT_OFFSET(struct linux_setup_header, pref_address, 0x258 - LINUX_SETUP_HEADER_OFFSET);

enum linux_e820_type {
	LINUX_E820_RAM = 1,
	LINUX_E820_RESERVED = 2,
	LINUX_E820_ACPI = 3,
};

struct linux_e820_entry {
	uint64_t base;
	uint64_t size;
	uint32_t type;
} PACKED;
ASSERT_SIZE(struct linux_e820_entry, 20);

#define LINUX_E820_MAX 128U

struct linux_boot_params {
	uint8_t unused_0[0x70];
	uint64_t acpi_rsdp_addr;
	uint8_t unused_78[0xc0 - 0x78];
	uint32_t ext_ramdisk_image;
	uint32_t ext_ramdisk_size;
	uint32_t ext_cmd_line_ptr;
	uint8_t unused_cc[0x13c - 0xcc];
	uint32_t cc_blob_address; /* zeroed by the decompressor; use setup_data */
	uint8_t unused_140[0x1e8 - 0x140];
	uint8_t e820_entries;
	uint8_t unused_1e9[0x1ef - 0x1e9];
	uint8_t sentinel;
	uint8_t unused_1f0;
	struct linux_setup_header header;
	uint8_t unused_26c[0x2d0 - 0x26c];
	struct linux_e820_entry e820_table[LINUX_E820_MAX];
	uint8_t unused_cd0[4096 - 0xcd0];
} PACKED;
ASSERT_SIZE(struct linux_boot_params, 4096);
ASSERT_OFFSET(struct linux_boot_params, header, 0x1f1);
ASSERT_OFFSET(struct linux_boot_params, e820_table, 0x2d0);

#define LINUX_SETUP_CC_BLOB 7U

struct linux_setup_data {
	uint64_t next; /* physical address; 0: none */
	uint32_t type;
	uint32_t length; /* of what follows */
};
ASSERT_SIZE(struct linux_setup_data, 16);

/* setup_data of type SETUP_CC_BLOB. */
struct linux_cc_setup_data {
	struct linux_setup_data head;
	uint32_t cc_blob_address;
} PACKED;
ASSERT_SIZE(struct linux_cc_setup_data, 20);

/* Selectors the 64-bit boot protocol demands. */
#define LINUX_BOOT_CS 0x10U
#define LINUX_BOOT_DS 0x18U

#endif
