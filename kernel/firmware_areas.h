/* SPDX-License-Identifier: MIT */
/*
 * The firmware's areas in the measured page (include/launch.h), checked before
 * anything is made of them. nacre-igvm build writes no wrong ones; whoever
 * measures other data into that page is told what is wrong with it.
 */
#ifndef NACRE_KERNEL_FIRMWARE_AREAS_H
#define NACRE_KERNEL_FIRMWARE_AREAS_H

#include "kernel/memory_map.h"
#include "launch.h"

struct firmware_fault {
	const char *what;
	const struct launch_area *area; /* NULL: of the areas as a whole */
};

/*
 * True if every area is of a known type, has whole pages, lies where its type
 * can (the image above the paravisor's memory and below 4 GiB, all else in RAM
 * that is left to the guest, parameters in plain memory), and none overlaps
 * another or is missing. Otherwise @fault says what is wrong.
 */
MUST_CHECK bool firmware_areas_check(const struct launch_firmware *firmware,
	const struct memory_map *memory, struct firmware_fault *fault);

/* The first area of @type, or NULL. */
const struct launch_area *firmware_area(
	const struct launch_firmware *firmware, enum launch_area_type type);

#endif
