/* SPDX-License-Identifier: MIT */
/*
 * Starting the guest: the firmware that the image carries, or else a Linux
 * kernel that the host hands over.
 */
#ifndef NACRE_KERNEL_GUEST_LAUNCH_H
#define NACRE_KERNEL_GUEST_LAUNCH_H

#include "compiler.h"

struct memory_map;

/* Whether the image carries a firmware to be started. */
bool guest_launch_is_firmware(void);

/* Whether a kernel is started without a look at its digest: a development image. */
bool guest_launch_is_unchecked(void);

/* Plans what all CPUs do side by side; before other CPUs start. */
void guest_launch_plan(const struct memory_map *map);

/*
 * Prepares what the guest finds and offers its first vCPU to the calling CPU.
 * Ends in termination when that cannot be done.
 */
void guest_launch(const struct memory_map *map);

#endif
