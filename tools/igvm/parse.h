/* SPDX-License-Identifier: MIT */
/*
 * An IGVM file, read and checked. igvm_parse() checks everything that the
 * format demands, so that what walks the result (launch order, measurement,
 * inspector) needs no check of its own. The bytes may be hostile.
 */
#ifndef NACRE_TOOLS_PARSE_H
#define NACRE_TOOLS_PARSE_H

#include <string.h>

#include "tools/common/error.h"
#include "types.h"

/* One variable header. */
struct igvm_item {
	const struct igvm_type_info *info; /* NULL: unknown, but marked optional */
	const uint8_t *body;               /* in the file's bytes; not aligned */
	uint64_t offset;                   /* of the variable header, in the file */
	uint32_t type;                     /* without IGVM_TYPE_OPTIONAL */
	uint32_t length;                   /* of the body */
	uint32_t mask;                     /* compatibility mask; all ones if the type has none */
	bool optional;
};

struct igvm_file {
	const uint8_t *bytes; /* the caller's; must outlive this */
	size_t size;
	uint32_t version;
	uint32_t architecture; /* IGVM_ARCH_* */
	uint32_t checksum;
	uint64_t header_offset, header_size; /* of the variable headers */
	uint64_t data_offset;                /* first byte after them */
	struct igvm_item *items;             /* owned */
	size_t item_count;
};

/* Reads @size bytes. On success the caller owns @file and ends it with igvm_free(). */
MUST_CHECK bool igvm_parse(
	const uint8_t *bytes, size_t size, struct igvm_file *file, struct tool_error *error);
void igvm_free(struct igvm_file *file);

/* The mask bit of @platform, or 0 if the file does not support it. */
uint32_t igvm_platform_mask(const struct igvm_file *file, enum igvm_platform platform);

/* Whether @item says for which platforms it is. */
bool igvm_has_mask(const struct igvm_item *item);

/*
 * Headers whose masks have bits of no platform of the file. The format does not
 * forbid them, and no loader looks at them.
 */
struct igvm_strays {
	uint32_t bits;
	size_t headers;
	uint64_t offset; /* of the first such header */
};
struct igvm_strays igvm_find_strays(const struct igvm_file *file);

/* Reads the body of @item into the structure that @out points to. */
#define IGVM_BODY(item, out) memcpy((out), (item)->body, sizeof(*(out)))

/* Most bytes that a parameter area may have; QEMU would allocate any size. */
#define IGVM_PARAMETER_AREA_MAX (16 * MIB)

/* Addresses end at 52 bits, the architecture's limit. */
#define IGVM_GPA_END (1ULL << 52)

/* check.c: the rules that tie headers to one another and to the file's data. */
MUST_CHECK bool igvm_check(const struct igvm_file *file, struct tool_error *error);

#endif
