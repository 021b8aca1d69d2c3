/* SPDX-License-Identifier: MIT */
/*
 * Guest RAM as the host describes it in the IGVM memory map: checked once at
 * start, fixed afterwards. What the paravisor takes for itself is chosen here.
 * QEMU's map calls A0000h to FFFFFh RAM, although video memory and ROMs lie over
 * it: video memory is never taken for RAM.
 */
#ifndef NACRE_KERNEL_MEMORY_MAP_H
#define NACRE_KERNEL_MEMORY_MAP_H

#include "compiler.h"
#include "igvm.h"
#include "platform.h"

#define RAM_RANGES_MAX 32U

struct ram_range {
	uint64_t base, end;   /* guest-physical, page-aligned; end is exclusive */
	uint64_t first_state; /* index of the page-state byte of @base's 2 MiB block */
};

struct memory_map {
	struct ram_range ranges[RAM_RANGES_MAX]; /* ascending, apart */
	unsigned int count;
	uint64_t bytes;             /* of RAM */
	uint64_t states;            /* page-state bytes that cover it */
	struct page_span carve_out; /* what the paravisor takes besides its region */
};

enum memory_map_error {
	MEMORY_MAP_OK = 0,
	MEMORY_MAP_EMPTY,
	MEMORY_MAP_NOT_ENDED,   /* no final entry, or entries after too many */
	MEMORY_MAP_UNSORTED,    /* unsorted or overlapping */
	MEMORY_MAP_WRAPS,       /* past the end of the address space */
	MEMORY_MAP_TOO_MANY,    /* more than RAM_RANGES_MAX ranges of RAM */
	MEMORY_MAP_OVER_REGION, /* an entry over the paravisor's region or its spare memory */
	MEMORY_MAP_NO_ROOM,     /* no room for the page-state map */
};

/*
 * Decodes @count entries, read once by the caller. What they say of PC_HOLE_BASE
 * to @hole_end is no RAM; @address_limit is the first address that cannot be RAM.
 */
MUST_CHECK enum memory_map_error memory_map_decode(struct memory_map *map,
	const struct igvm_memory_map_entry *entries, unsigned int count, uint64_t hole_end,
	uint64_t address_limit);

/*
 * Chooses the carve-out: the page-state map and @extra bytes, in the spare
 * memory above the region if there is room, at the end of some RAM if not.
 */
MUST_CHECK enum memory_map_error memory_map_carve_out(struct memory_map *map, uint64_t extra);

const char *memory_map_error_text(enum memory_map_error error);

#endif
