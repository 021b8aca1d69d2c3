/* SPDX-License-Identifier: MIT */
/*
 * How an ELF image tells nacre-igvm what its launch needs: an ELF note of
 * owner "Nacre" and type 1. The paravisor carries one, and so does each
 * bare-metal probe that the emulated machine runs at VMPL0. PT_LOAD segments
 * become measured pages at their physical addresses; memory past a segment's
 * file size is not imported, the image validates it itself.
 */
#ifndef NACRE_LAUNCH_H
#define NACRE_LAUNCH_H

#include "compiler.h"

#define LAUNCH_NOTE_OWNER "Nacre"
#define LAUNCH_NOTE_TYPE 1U
#define LAUNCH_NOTE_VERSION 1U

/* All addresses are guest-physical; 0 means that the image does not want it. */
struct launch_note {
	uint32_t version;
	uint32_t reserved;
	uint64_t entry;       /* first instruction: 32-bit protected mode, paging off */
	uint64_t region_base; /* memory the image needs, as REQUIRED_MEMORY */
	uint64_t region_size;
	uint64_t secrets;    /* one page: SNP secrets */
	uint64_t cpuid;      /* one page: CPUID table */
	uint64_t parameters; /* one page: struct launch_parameters, unmeasured */
	uint64_t memory_map; /* unmeasured: struct igvm_memory_map_entry[] */
	uint64_t memory_map_pages;
	uint64_t madt; /* unmeasured: the host's MADT */
	uint64_t madt_pages;
	uint64_t digests;      /* one measured page: struct launch_digests */
	uint64_t sev_features; /* of the first vCPU's VMSA */
};
ASSERT_SIZE(struct launch_note, 104);

/* What the host writes into the page at launch_note.parameters. */
struct launch_parameters {
	uint32_t vp_count;
	uint32_t environment; /* IGVM_ENVIRONMENT_* */
};

#define SHA256_SIZE 32U
#define LAUNCH_DIGESTS_VERSION 1U
#define LAUNCH_FLAG_UNCHECKED BIT(0) /* development: do not compare the digests */

/*
 * The measured page that ties kernel, initramfs and command line to the launch
 * digest; nacre-igvm build fills it. A size is in bytes; an absent file has
 * size 0 and the digest of no bytes. The kernel counts as the bzImage file that
 * it is, fw_cfg's setup part followed by its kernel part (drivers/fw_cfg.h). The
 * command line counts with its terminating NUL, as fw_cfg carries it.
 */
struct launch_digests {
	uint32_t version;
	uint32_t flags;
	uint64_t kernel_size, initrd_size, cmdline_size;
	uint8_t kernel[SHA256_SIZE], initrd[SHA256_SIZE], cmdline[SHA256_SIZE];
};
ASSERT_SIZE(struct launch_digests, 32 + 3 * SHA256_SIZE);

#endif
