/* SPDX-License-Identifier: MIT */
/*
 * Checks of what a kernel file says of itself (kernel/linux_boot.h). The file
 * has passed its digest when there is one; without (a development build) these
 * checks are what stands between a broken file and a guest that dies mutely.
 */
#include <string.h>

#include "kernel/linux_boot.h"
#include "linux_abi.h"

#define OLDEST_VERSION 0x20cU
#define SECTOR 512U
#define PARAGRAPH 16U

/* The last field needed is init_size. */
#define HEADER_END_MIN (0x260U + 4)
#define MAX_INIT_SIZE (1ULL * GIB)
#define MAX_ALIGNMENT (1ULL * GIB)
#define FIRST_HIGH (1ULL * MIB)

static enum linux_boot_error check_format(const struct linux_setup_header *header)
{
	if (header->header != LINUX_HEADER_MAGIC || header->boot_flag != LINUX_BOOT_FLAG)
		return LINUX_BOOT_NO_MAGIC;
	if (header->version < OLDEST_VERSION)
		return LINUX_BOOT_OLD_PROTOCOL;
	if (!(header->xloadflags & LINUX_XLF_KERNEL_64) ||
		!(header->loadflags & LINUX_LOADFLAG_HIGH))
		return LINUX_BOOT_NOT_64BIT;
	return LINUX_BOOT_OK;
}

/* syssize counts in paragraphs; what is appended to a file (a signature) is not in it. */
static enum linux_boot_error check_sizes(
	const struct linux_setup_header *header, uint64_t setup_bytes, uint64_t kernel_bytes)
{
	/* 0 stands for 4, from before this field was filled in. */
	uint64_t sectors = header->setup_sects == 0 ? 4 : header->setup_sects;
	uint64_t body = (uint64_t)header->syssize * PARAGRAPH;

	if (setup_bytes != (sectors + 1) * SECTOR)
		return LINUX_BOOT_BAD_SETUP_SIZE;
	if (kernel_bytes > LINUX_MAX_IMAGE_BYTES)
		return LINUX_BOOT_BAD_SIZE;
	if (body > ALIGN_UP(kernel_bytes, PARAGRAPH))
		return LINUX_BOOT_TRUNCATED;
	if (body <= LINUX_ENTRY_64)
		return LINUX_BOOT_BAD_SIZE;
	if (header->init_size == 0 || header->init_size > MAX_INIT_SIZE)
		return LINUX_BOOT_BAD_SIZE;
	return LINUX_BOOT_OK;
}

static bool power_of_two(uint64_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

static enum linux_boot_error check_addresses(const struct linux_setup_header *header)
{
	uint64_t alignment = header->kernel_alignment;

	if (!power_of_two(alignment) || alignment < PAGE_SIZE || alignment > MAX_ALIGNMENT)
		return LINUX_BOOT_BAD_ALIGNMENT;
	if (!IS_ALIGNED(header->pref_address, alignment) || header->pref_address < FIRST_HIGH ||
		header->pref_address >= 4 * GIB)
		return LINUX_BOOT_BAD_ALIGNMENT;
	return LINUX_BOOT_OK;
}

enum linux_boot_error linux_image_parse(
	const void *setup, uint64_t setup_bytes, uint64_t kernel_bytes, struct linux_image *image)
{
	struct linux_setup_header header;
	enum linux_boot_error error;
	uint32_t end;

	if (setup_bytes < LINUX_HEADER_BYTES)
		return LINUX_BOOT_TRUNCATED;
	memcpy(&header, (const uint8_t *)setup + LINUX_SETUP_HEADER_OFFSET, sizeof(header));
	end = 0x202 + header.jump_target;

	error = check_format(&header);
	if (error == LINUX_BOOT_OK)
		error = check_sizes(&header, setup_bytes, kernel_bytes);
	if (error == LINUX_BOOT_OK)
		error = check_addresses(&header);
	if (error != LINUX_BOOT_OK)
		return error;
	if (end < HEADER_END_MIN || end > LINUX_SETUP_HEADER_END_MAX || end > setup_bytes)
		return LINUX_BOOT_NO_MAGIC;

	*image = (struct linux_image){
		.setup_bytes = setup_bytes,
		.kernel_bytes = kernel_bytes,
		.init_size = header.init_size,
		.pref_address = header.pref_address,
		.alignment = header.kernel_alignment,
		.initrd_max = header.initrd_addr_max,
		.cmdline_max = header.cmdline_size,
		.version = header.version,
		.relocatable = header.relocatable_kernel != 0,
		.header_bytes = end - LINUX_SETUP_HEADER_OFFSET,
	};
	return LINUX_BOOT_OK;
}

enum linux_boot_error linux_cmdline_check(
	const struct linux_image *image, const char *cmdline, uint32_t bytes)
{
	if (bytes == 0)
		return LINUX_BOOT_OK;
	if (bytes > LINUX_MAX_CMDLINE_BYTES || bytes - 1 > image->cmdline_max)
		return LINUX_BOOT_BAD_CMDLINE;
	for (uint32_t i = 0; i < bytes - 1; i++) {
		if (cmdline[i] == '\0')
			return LINUX_BOOT_BAD_CMDLINE;
	}
	return cmdline[bytes - 1] == '\0' ? LINUX_BOOT_OK : LINUX_BOOT_BAD_CMDLINE;
}

const char *linux_boot_error_text(enum linux_boot_error error)
{
	static const char *const texts[] = {
		[LINUX_BOOT_OK] = "no error",
		[LINUX_BOOT_TRUNCATED] = "the kernel is shorter than its header says",
		[LINUX_BOOT_NO_MAGIC] = "the kernel is not a bzImage",
		[LINUX_BOOT_OLD_PROTOCOL] = "the kernel is too old (boot protocol before 2.12)",
		[LINUX_BOOT_NOT_64BIT] = "the kernel has no 64-bit entry",
		[LINUX_BOOT_BAD_SETUP_SIZE] = "the kernel's setup part has the wrong size",
		[LINUX_BOOT_BAD_SIZE] = "the kernel's sizes are out of bounds",
		[LINUX_BOOT_BAD_ALIGNMENT] = "the kernel's alignment or address is unusable",
		[LINUX_BOOT_BAD_CMDLINE] = "the command line is too long or not one string",
		[LINUX_BOOT_BAD_INITRD] = "the initramfs is too large",
		[LINUX_BOOT_BAD_RAM] = "the memory map is unsorted, overlapping or unaligned",
		[LINUX_BOOT_NO_ROOM_KERNEL] = "no room in memory for the kernel",
		[LINUX_BOOT_NO_ROOM_INITRD] = "no room in memory for the initramfs",
		[LINUX_BOOT_NO_ROOM_PAGES] = "no room in memory for the hand-over pages",
		[LINUX_BOOT_E820_FULL] = "the memory map has too many pieces",
	};

	return texts[error];
}
