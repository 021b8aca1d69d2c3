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
#include "service_table.h"

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
	uint64_t digests;      /* one measured page: struct launch_measured */
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

/* What the paravisor makes of a stretch of memory before it starts a firmware. */
enum launch_area_type {
	LAUNCH_AREA_IMAGE = 1,   /* measured pages of the launch: given to the guest */
	LAUNCH_AREA_ONES = 2,    /* part of the image too, but every byte is FFh: not imported */
	LAUNCH_AREA_MEMORY = 3,  /* zeros */
	LAUNCH_AREA_SECRETS = 4, /* one page: the guest's secrets */
	LAUNCH_AREA_CPUID = 5,   /* one page: the guest's CPUID table */
	LAUNCH_AREA_CALLING_AREA = 6,  /* one page: the first vCPU's */
	LAUNCH_AREA_KERNEL_HASHES = 9, /* zeros: there are none */
	/* Inside one of LAUNCH_AREA_MEMORY; multiples of 8, not of the page size: */
	LAUNCH_AREA_MEMORY_MAP = 7, /* struct igvm_memory_map_entry[] */
	LAUNCH_AREA_VP_COUNT = 8,   /* uint32_t */
};

struct launch_area {
	uint64_t base; /* guest-physical, below 4 GiB */
	uint32_t size; /* bytes */
	uint32_t type; /* enum launch_area_type */
};
ASSERT_SIZE(struct launch_area, 16);

#define LAUNCH_FIRMWARE_VERSION 1U
#define LAUNCH_AREAS_MAX 128U

/*
 * The firmware that the image starts instead of a kernel, if @count is not 0:
 * what its own metadata asks for, checked by nacre-igvm build and sorted by
 * type, then address. Measured with the digests, in the same page.
 */
struct launch_firmware {
	uint32_t version;
	uint32_t count; /* of @areas */
	struct launch_area areas[LAUNCH_AREAS_MAX];
};

/* The measured page at launch_note.digests. */
struct launch_measured {
	struct launch_digests digests;
	struct launch_firmware firmware;
	struct service_table services; /* no service: all zero */
};
static_assert(sizeof(struct launch_measured) <= 4096, "one page");

#endif
