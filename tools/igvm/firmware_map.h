/* SPDX-License-Identifier: MIT */
/*
 * The map of a firmware's areas (struct launch_firmware): questions about it,
 * for the builder, and finding it in a file, for the inspector.
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

/*
 * Finds the map among the measured pages of @file, by the form of its page: no
 * header says which one it is. False if there is none or SEV-SNP cannot launch
 * the file.
 */
MUST_CHECK bool firmware_map_find(const struct igvm_file *file, struct launch_firmware *map);

#endif
