/* SPDX-License-Identifier: MIT */
/*
 * The host's memory map (kernel/memory_map.c): what is taken from it is sound,
 * and what the paravisor takes lies in its spare memory or in RAM.
 */
#include "tests/fuzz/fuzz.h"

#include "kernel/layout.h"
#include "kernel/memory_map.h"
#include "x86.h"

#define REGION_END (REGION_GPA + (uint64_t)REGION_SIZE)

static void check_ranges(const struct memory_map *map, uint64_t hole_end, uint64_t limit)
{
	uint64_t previous = 0, bytes = 0;

	FUZZ_CHECK(map->count > 0 && map->count <= RAM_RANGES_MAX);
	for (unsigned int i = 0; i < map->count; i++) {
		const struct ram_range *range = &map->ranges[i];

		FUZZ_CHECK(range->base >= previous && range->end > range->base);
		FUZZ_CHECK(range->end <= limit && IS_ALIGNED(range->base | range->end, PAGE_SIZE));
		FUZZ_CHECK(range->end <= PC_HOLE_BASE || range->base >= hole_end);
		FUZZ_CHECK(range->first_state % PAGES_PER_2M == 0);
		previous = range->end;
		bytes += range->end - range->base;
	}
	FUZZ_CHECK(map->bytes == bytes && map->states >= bytes / PAGE_SIZE);
}

static void check_carve_out(const struct memory_map *map, uint64_t extra)
{
	uint64_t base = map->carve_out.base, end = base + map->carve_out.size;
	bool in_place = base == REGION_END && end <= REGION_END + SPARE_SIZE;

	FUZZ_CHECK(map->carve_out.size >= map->states + extra);
	FUZZ_CHECK(base >= PC_HOLE_END && (end <= REGION_GPA || base >= REGION_END));
	for (unsigned int i = 0; i < map->count; i++)
		in_place |= base >= map->ranges[i].base && end <= map->ranges[i].end;
	FUZZ_CHECK(in_place);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	struct igvm_memory_map_entry *entries;
	struct memory_map map;
	uint8_t limit_bits;
	uint64_t limit, hole_end;
	uint16_t extra;

	fuzz_take(&input, &limit_bits, sizeof(limit_bits));
	fuzz_take(&input, &extra, sizeof(extra));
	limit = 1ULL << (32 + limit_bits % 20);
	hole_end = limit_bits & 0x80 ? PC_ROM_BASE : PC_HOLE_END;
	entries = fuzz_rest(&input);
	if (memory_map_decode(&map, entries, (unsigned int)(input.size / sizeof(*entries)),
		    hole_end, limit) == MEMORY_MAP_OK) {
		check_ranges(&map, hole_end, limit);
		if (memory_map_carve_out(&map, extra) == MEMORY_MAP_OK)
			check_carve_out(&map, extra);
	}
	free(entries);
	return 0;
}
