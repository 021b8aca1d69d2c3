/* SPDX-License-Identifier: MIT */
/*
 * Which guest is started; see guest_launch.h.
 */
#include "kernel/guest_launch.h"
#include "kernel/firmware_launch.h"
#include "kernel/image.h"
#include "kernel/direct_launch.h"

bool guest_launch_is_firmware(void)
{
	return special_measured.firmware.count != 0;
}

bool guest_launch_is_unchecked(void)
{
	return special_measured.digests.flags & LAUNCH_FLAG_UNCHECKED;
}

/* A firmware accepts its memory itself: nothing to do side by side. */
void guest_launch_plan(const struct memory_map *map)
{
	if (!guest_launch_is_firmware())
		direct_launch_plan(map);
}

void guest_launch(const struct memory_map *map)
{
	if (guest_launch_is_firmware())
		firmware_launch(&special_measured.firmware, map);
	else
		direct_launch(map);
}
