/* SPDX-License-Identifier: MIT */
/*
 * The tables that OVMF's reset vector carries: a list of GUIDed entries that
 * ends 32 bytes before the image's end, and descriptors of guest memory that
 * two of the entries lead to. Reading only; firmware.c says what they mean.
 */
#ifndef NACRE_TOOLS_FIRMWARE_TABLES_H
#define NACRE_TOOLS_FIRMWARE_TABLES_H

#include "tools/common/error.h"

/* One line of a descriptor. */
struct firmware_section {
	uint32_t base, size, type;
};

/* OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm, "ASEV" */
enum sev_metadata_type {
	SEV_METADATA_MEMORY = 1,
	SEV_METADATA_SECRETS = 2,
	SEV_METADATA_CPUID = 3,
	SEV_METADATA_CALLING_AREA = 4,
	SEV_METADATA_KERNEL_HASHES = 0x10,
};

/* OvmfPkg/ResetVector/X64/IgvmMetadata.asm, "IGVM" */
enum igvm_metadata_type {
	IGVM_METADATA_PARAMETERS = 0x100,
	IGVM_METADATA_MEMORY_MAP = 0x101, /* base counts from that of the parameters */
	IGVM_METADATA_VP_COUNT = 0x102,   /* likewise */
	IGVM_METADATA_HOBS = 0x200,
};

#define FIRMWARE_SECTIONS_MAX 32U

struct firmware_sections {
	uint32_t count; /* 0: no such descriptor */
	struct firmware_section list[FIRMWARE_SECTIONS_MAX];
	uint64_t offset[FIRMWARE_SECTIONS_MAX]; /* of each in the image, for messages */
};

struct firmware_tables {
	struct firmware_sections sev, igvm;
};

MUST_CHECK bool firmware_tables_read(const uint8_t *bytes, size_t size,
	struct firmware_tables *tables, struct tool_error *error);

#endif
