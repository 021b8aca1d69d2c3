/* SPDX-License-Identifier: MIT */
/*
 * Client of QEMU's fw_cfg, by its DMA interface only: the way a directly
 * booted kernel, its initramfs and its command line reach the paravisor.
 * Everything that comes back is the host's word: it is copied once from the
 * shared window into private memory and used only from there.
 *
 * A kernel comes as two items, as QEMU offers every bzImage: the setup part
 * (FW_CFG_SETUP_*, the first (setup_sects + 1) * 512 bytes of the file) and the
 * rest (FW_CFG_KERNEL_*). The kernel's digest in struct launch_digests is that
 * of setup || kernel, and its size the sum of both, that is, of the bzImage
 * file as it lies on disk. A host must therefore offer the setup part as it is
 * in the file, as QEMU does for every SEV guest (it patches the boot loader's
 * fields of the header only for other guests). The initramfs and the command
 * line (with its NUL) are one item each.
 */
#ifndef NACRE_DRIVERS_FW_CFG_H
#define NACRE_DRIVERS_FW_CFG_H

#include "compiler.h"

enum fw_cfg_item {
	FW_CFG_SIGNATURE = 0x00,
	FW_CFG_ID = 0x01,
	FW_CFG_KERNEL_SIZE = 0x08,
	FW_CFG_INITRD_SIZE = 0x0b,
	FW_CFG_KERNEL_DATA = 0x11,
	FW_CFG_INITRD_DATA = 0x12,
	FW_CFG_CMDLINE_SIZE = 0x14,
	FW_CFG_CMDLINE_DATA = 0x15,
	FW_CFG_SETUP_SIZE = 0x17,
	FW_CFG_SETUP_DATA = 0x18,
	FW_CFG_DIRECTORY = 0x19,
};

enum fw_cfg_error {
	FW_CFG_OK = 0,
	FW_CFG_ABSENT = 1,     /* no fw_cfg device, or one without DMA */
	FW_CFG_BAD_WINDOW = 2, /* the shared window is too small or not addressable */
	FW_CFG_TIMEOUT = 3,    /* a transfer was not carried out */
	FW_CFG_REFUSED = 4,    /* the device answered a transfer with an error */
	FW_CFG_NO_FILE = 5,    /* the host has no file of that name */
};

/*
 * Memory shared with the host, for descriptors and data; nothing else may lie
 * in it. The larger, the fewer exits: one per (size - 64) bytes read.
 */
struct fw_cfg_window {
	volatile void *va;
	uint64_t gpa; /* 16-byte aligned; below 4 GiB saves an exit per transfer */
	size_t size;  /* at least 4096 bytes */
};

struct fw_cfg {
	struct fw_cfg_window window;
};

/*
 * Called with each piece after it has arrived at its place in private memory,
 * in order and without gaps; hashing it there makes copying and hashing one
 * pass over the cache.
 */
typedef void (*fw_cfg_chunk_fn)(void *arg, const void *chunk, size_t size);

/* Checks window, signature and DMA feature. @fw keeps a copy of @window. */
MUST_CHECK enum fw_cfg_error fw_cfg_init(struct fw_cfg *fw, const struct fw_cfg_window *window);

/*
 * Reads the first @size bytes of item @selector to @dest (private memory), one
 * chunk at a time; @on_chunk may be NULL. Bytes past the item's end read as
 * zero, so a size that the host overstates shows in the digest. On an error
 * @dest holds a part of the item.
 */
MUST_CHECK enum fw_cfg_error fw_cfg_read(struct fw_cfg *fw, uint16_t selector, void *dest,
	size_t size, fw_cfg_chunk_fn on_chunk, void *arg);

/* Reads one of the 32-bit size items (FW_CFG_*_SIZE). */
MUST_CHECK enum fw_cfg_error fw_cfg_read_u32(struct fw_cfg *fw, uint16_t selector, uint32_t *value);

/* The item that holds the file @name, less than FW_CFG_NAME_SIZE bytes, and its size. */
#define FW_CFG_NAME_SIZE 56U
MUST_CHECK enum fw_cfg_error fw_cfg_find(
	struct fw_cfg *fw, const char *name, uint16_t *selector, uint32_t *size);

/* What went wrong, for a message to the person at the console. */
const char *fw_cfg_error_text(enum fw_cfg_error error);

#endif
