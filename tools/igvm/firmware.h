/* SPDX-License-Identifier: MIT */
/*
 * What nacre-igvm build takes from a UEFI firmware image of OVMF's kind: where
 * it lies, and what its SNP and IGVM metadata ask the paravisor to prepare.
 * The tables are found by GUIDs backwards from the image's end, as edk2's
 * OvmfPkg/ResetVector lays them out.
 */
#ifndef NACRE_TOOLS_FIRMWARE_H
#define NACRE_TOOLS_FIRMWARE_H

#include "tools/common/error.h"
#include "launch.h"

/* A firmware ends at 4 GiB; what lies above this address can be one. */
#define FIRMWARE_LOWEST 0xff000000ULL

struct firmware {
	const uint8_t *bytes; /* the file */
	size_t size;
	uint64_t base;              /* guest-physical: 4 GiB - size */
	struct launch_firmware map; /* what goes into the measured page */
};

/*
 * Reads an image of @size bytes, which must outlive @firmware. Refused, with
 * the offset in the image: no or damaged tables, metadata that asks for
 * overlapping, unaligned, missing or unknown things.
 */
MUST_CHECK bool firmware_read(
	const uint8_t *bytes, size_t size, struct firmware *firmware, struct tool_error *error);

#endif
