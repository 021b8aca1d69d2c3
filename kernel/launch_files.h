/* SPDX-License-Identifier: MIT */
/*
 * Kernel, initramfs and command line: brought from the host by fw_cfg into
 * memory that it cannot touch any more, and compared with the measured digests.
 */
#ifndef NACRE_KERNEL_LAUNCH_FILES_H
#define NACRE_KERNEL_LAUNCH_FILES_H

#include "drivers/fw_cfg.h"
#include "kernel/linux_boot.h"

struct launch_files {
	struct fw_cfg fw_cfg;
	uint32_t setup_bytes, kernel_bytes, initrd_bytes, cmdline_bytes; /* the host's word */
	uint8_t *setup; /* LINUX_MAX_SETUP_BYTES of the paravisor's memory */
};

/* Asks for the sizes and reads the setup part, all in bounds. */
void launch_files_open(struct launch_files *files, const struct fw_cfg_window *window);

/*
 * Reads the rest to its places in guest memory, mapped at the pointers, and
 * terminates if a digest differs.
 */
void launch_files_load(struct launch_files *files, void *kernel, void *initrd, char *cmdline);

#endif
