/* SPDX-License-Identifier: MIT */
/*
 * Starting the UEFI firmware that the image carries. What it needs stands in
 * the measured page (include/launch.h): nothing of it is the host's word.
 */
#ifndef NACRE_KERNEL_FIRMWARE_LAUNCH_H
#define NACRE_KERNEL_FIRMWARE_LAUNCH_H

#include "kernel/memory_map.h"
#include "launch.h"

/*
 * Gives the guest the firmware's pages, prepares the memory it wants, and
 * offers its first vCPU, at the reset vector, to the calling CPU.
 */
void firmware_launch(const struct launch_firmware *firmware, const struct memory_map *memory);

#endif
