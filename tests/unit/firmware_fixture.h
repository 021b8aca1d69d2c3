/* SPDX-License-Identifier: MIT */
/*
 * A set of areas as a firmware may have them and the paravisor takes them, with
 * 512 MiB of RAM: what the unit tests damage and the fuzz target changes.
 */
#ifndef TESTS_UNIT_FIRMWARE_FIXTURE_H
#define TESTS_UNIT_FIRMWARE_FIXTURE_H

#include "launch.h"

#define IMAGE_LOWEST 0xff000000U

/* Indices into the good set, whose order no check relies on. */
enum {
	IMAGE,
	ONES,
	MEMORY,
	SECRETS,
	CPUID,
	CALLING_AREA,
	MEMORY_MAP,
	VP_COUNT,
	HASHES,
	AREAS,
};

static const struct launch_firmware good_firmware = {
	.version = LAUNCH_FIRMWARE_VERSION,
	.count = AREAS,
	.areas = {{IMAGE_LOWEST, 0x100000, LAUNCH_AREA_IMAGE},
		{IMAGE_LOWEST + 0x100000, 0x300000, LAUNCH_AREA_ONES},
		{0x800000, 0x9000, LAUNCH_AREA_MEMORY}, {0x80d000, 0x1000, LAUNCH_AREA_SECRETS},
		{0x80e000, 0x1000, LAUNCH_AREA_CPUID}, {0x80f000, 0x1000, LAUNCH_AREA_CALLING_AREA},
		{0x801000, 48, LAUNCH_AREA_MEMORY_MAP}, {0x801030, 4, LAUNCH_AREA_VP_COUNT},
		{0x810000, 0x2000, LAUNCH_AREA_KERNEL_HASHES}},
};

#endif
