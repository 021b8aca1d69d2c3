/* SPDX-License-Identifier: MIT */
/*
 * The map of a firmware's areas (struct launch_firmware): questions about it, for the
 * builder, and for the inspector, which has it from measured_page.h.
 */
#ifndef NACRE_TOOLS_FIRMWARE_MAP_H
#define NACRE_TOOLS_FIRMWARE_MAP_H

#include "launch.h"
#include "parse.h"

/* Whether the page at @gpa is imported, not filled at launch. */
bool firmware_map_imports(const struct launch_firmware *map, uint64_t gpa);

/* Pages of all areas of @type, which must be one that has whole pages. */
uint64_t firmware_map_pages(const struct launch_firmware *map, enum launch_area_type type);

/* "SEC memory", "CPUID page", ...; NULL if there is no such type. */
const char *launch_area_name(uint32_t type);

/* Whether an image may have @map: none at all is all zeros. */
bool firmware_map_is_sound(const struct launch_firmware *map);

#endif
