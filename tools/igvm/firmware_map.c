/* SPDX-License-Identifier: MIT */
/*
 * A firmware's areas as the measured page has them; see firmware_map.h. The
 * page may come from a hostile file.
 */
#include "firmware_map.h"

#define FOUR_GIB (1ULL << 32)

static const char *const names[] = {
	[LAUNCH_AREA_IMAGE] = "measured image",
	[LAUNCH_AREA_ONES] = "filled image",
	[LAUNCH_AREA_MEMORY] = "SEC memory",
	[LAUNCH_AREA_SECRETS] = "secrets page",
	[LAUNCH_AREA_CPUID] = "CPUID page",
	[LAUNCH_AREA_CALLING_AREA] = "calling area",
	[LAUNCH_AREA_MEMORY_MAP] = "memory map",
	[LAUNCH_AREA_VP_COUNT] = "vCPU count",
	[LAUNCH_AREA_KERNEL_HASHES] = "kernel hashes",
};

const char *launch_area_name(uint32_t type)
{
	return type < ARRAY_SIZE(names) ? names[type] : NULL;
}

bool firmware_map_imports(const struct launch_firmware *map, uint64_t gpa)
{
	for (uint32_t i = 0; i < map->count; i++) {
		const struct launch_area *area = &map->areas[i];

		if (area->type == LAUNCH_AREA_IMAGE && gpa >= area->base &&
			gpa - area->base < area->size)
			return true;
	}
	return false;
}

uint64_t firmware_map_pages(const struct launch_firmware *map, enum launch_area_type type)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < map->count; i++)
		if (map->areas[i].type == type)
			bytes += map->areas[i].size;
	return bytes / PAGE_SIZE;
}

bool firmware_map_is_sound(const struct launch_firmware *map)
{
	if (!map->version && !map->count)
		return true;
	if (map->version != LAUNCH_FIRMWARE_VERSION || !map->count || map->count > LAUNCH_AREAS_MAX)
		return false;
	for (uint32_t i = 0; i < map->count; i++) {
		const struct launch_area *area = &map->areas[i];

		if (!launch_area_name(area->type) || !area->size || area->base >= FOUR_GIB ||
			area->size > FOUR_GIB - area->base)
			return false;
	}
	return true;
}
