/* SPDX-License-Identifier: MIT */
/*
 * What is known of each IGVM variable header type and platform: its name, the
 * section it belongs to, the exact length of its body, where its compatibility
 * mask is, whether QEMU's loader takes it. The one table that parser, inspector
 * and QEMU check share.
 */
#ifndef NACRE_TOOLS_TYPES_H
#define NACRE_TOOLS_TYPES_H

#include "igvm.h"

/* In the order in which the sections stand in a file. */
enum igvm_section {
	IGVM_SECTION_PLATFORM,
	IGVM_SECTION_INITIALIZATION,
	IGVM_SECTION_DIRECTIVE,
	IGVM_SECTION_NONE, /* a number outside all three ranges */
};

#define IGVM_NO_MASK (-1)
#define IGVM_NO_FILE_OFFSET (-1)

struct igvm_type_info {
	uint32_t type;
	const char *name;
	uint32_t size;   /* of the body, in bytes */
	int mask_offset; /* of the compatibility mask in the body, or IGVM_NO_MASK */
	int data_offset; /* of the field that places file data, 0 there being none; or
			    IGVM_NO_FILE_OFFSET */
	bool qemu;       /* handled by backends/igvm.c of QEMU 10.1 to 11.0 */
	bool parameter;  /* the body is a struct igvm_parameter */
};

/* NULL if @type (without IGVM_TYPE_OPTIONAL) is not known. */
const struct igvm_type_info *igvm_type_info(uint32_t type);

enum igvm_section igvm_type_section(uint32_t type);
const char *igvm_section_name(enum igvm_section section);

/* NULL if there is no such platform. */
const char *igvm_platform_name(uint8_t platform);

/* "unknown" for a value that the format does not define. */
const char *igvm_page_type_name(uint16_t data_type);

#endif
