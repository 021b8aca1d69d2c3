/* SPDX-License-Identifier: MIT */
/*
 * The checks on the host's memory map; see memory_map.h. Pure functions, so
 * that host tests can feed them every lie.
 */
#include "kernel/memory_map.h"
#include "kernel/layout.h"
#include "x86.h"

#define REGION_END (REGION_GPA + (uint64_t)REGION_SIZE)
#define SPARE_END (REGION_END + SPARE_SIZE)
/* What is mapped at VA_MAP must end before the windows begin. */
#define CARVE_OUT_MAX (VA_SMALL - VA_MAP)
#define PAGE_NUMBER_LIMIT BIT(52 - PAGE_SHIFT)

static enum memory_map_error add_range(struct memory_map *map, uint64_t base, uint64_t end)
{
	struct ram_range *last = map->count ? &map->ranges[map->count - 1] : NULL;

	if (base >= end)
		return MEMORY_MAP_OK;
	if (last && last->end == base) {
		last->end = end;
		return MEMORY_MAP_OK;
	}
	if (map->count == RAM_RANGES_MAX)
		return MEMORY_MAP_TOO_MANY;
	map->ranges[map->count++] = (struct ram_range){.base = base, .end = end};
	return MEMORY_MAP_OK;
}

/* What lies below the PC's hole, and what above. */
static enum memory_map_error add_ram(
	struct memory_map *map, uint64_t base, uint64_t end, uint64_t hole_end)
{
	enum memory_map_error error = add_range(map, base, end < PC_HOLE_BASE ? end : PC_HOLE_BASE);

	return error ? error : add_range(map, base > hole_end ? base : hole_end, end);
}

static bool overlaps_region(uint64_t base, uint64_t end)
{
	return base < SPARE_END && end > REGION_GPA;
}

/* What is the same for all entries. */
struct bounds {
	uint64_t hole_end, limit;
};

static enum memory_map_error decode_entry(struct memory_map *map,
	const struct igvm_memory_map_entry *entry, uint64_t *previous_end,
	const struct bounds *bounds)
{
	uint64_t first = entry->starting_gpa_page_number, pages = entry->number_of_pages;
	uint64_t base, end;

	if (first >= PAGE_NUMBER_LIMIT || pages > PAGE_NUMBER_LIMIT - first)
		return MEMORY_MAP_WRAPS;
	base = first << PAGE_SHIFT;
	end = (first + pages) << PAGE_SHIFT;
	if (base < *previous_end)
		return MEMORY_MAP_UNSORTED;
	*previous_end = end;
	if (overlaps_region(base, end))
		return MEMORY_MAP_OVER_REGION;
	if (entry->entry_type != IGVM_MEMORY_RAM)
		return MEMORY_MAP_OK;
	if (end > bounds->limit)
		return MEMORY_MAP_WRAPS;
	return add_ram(map, base, end, bounds->hole_end);
}

/*
 * A 2 MiB block has a row of 512 bytes, which starts at a multiple of 512; two
 * ranges in one block share it.
 */
static void number_states(struct memory_map *map)
{
	uint64_t numbered = 0; /* end of the blocks that have rows */

	for (unsigned int i = 0; i < map->count; i++) {
		struct ram_range *range = &map->ranges[i];
		uint64_t first_block = ALIGN_DOWN(range->base, PAGE_2M_SIZE);

		if (first_block < numbered)
			map->states -= PAGES_PER_2M;
		numbered = ALIGN_UP(range->end, PAGE_2M_SIZE);
		range->first_state = map->states;
		map->states += ALIGN_UP(range->end - first_block, PAGE_2M_SIZE) >> PAGE_SHIFT;
		map->bytes += range->end - range->base;
	}
}

enum memory_map_error memory_map_decode(struct memory_map *map,
	const struct igvm_memory_map_entry *entries, unsigned int count, uint64_t hole_end,
	uint64_t address_limit)
{
	const struct bounds bounds = {hole_end, address_limit};
	uint64_t previous_end = 0;
	unsigned int i;

	*map = (struct memory_map){0};
	for (i = 0; i < count && entries[i].number_of_pages; i++) {
		enum memory_map_error error = decode_entry(
			map, &entries[i], &previous_end, &bounds);

		if (error)
			return error;
	}
	if (i == count)
		return MEMORY_MAP_NOT_ENDED;
	if (!map->count)
		return MEMORY_MAP_EMPTY;
	number_states(map);
	return MEMORY_MAP_OK;
}

/* Whether [base, base + bytes) lies in @range, apart from the first MiB. */
static bool is_free(const struct ram_range *range, uint64_t base, uint64_t bytes)
{
	return base >= range->base && base >= PC_HOLE_END && base < range->end &&
	       range->end - base >= bytes;
}

static bool try_place(struct memory_map *map, uint64_t base, uint64_t bytes)
{
	for (unsigned int i = 0; i < map->count; i++) {
		if (!is_free(&map->ranges[i], base, bytes))
			continue;
		map->carve_out = (struct page_span){base, bytes};
		return true;
	}
	return false;
}

enum memory_map_error memory_map_carve_out(struct memory_map *map, uint64_t extra)
{
	uint64_t bytes = ALIGN_UP(map->states, PAGE_SIZE) + ALIGN_UP(extra, PAGE_SIZE);

	if (bytes > CARVE_OUT_MAX)
		return MEMORY_MAP_NO_ROOM;
	if (bytes <= SPARE_SIZE) {
		map->carve_out = (struct page_span){REGION_END, bytes};
		return MEMORY_MAP_OK;
	}
	for (unsigned int i = map->count; i-- > 0;) {
		uint64_t end = map->ranges[i].end;

		if (end > bytes && try_place(map, ALIGN_DOWN(end - bytes, PAGE_2M_SIZE), bytes))
			return MEMORY_MAP_OK;
	}
	return MEMORY_MAP_NO_ROOM;
}

const char *memory_map_error_text(enum memory_map_error error)
{
	switch (error) {
	case MEMORY_MAP_OK:
		return "fine";
	case MEMORY_MAP_EMPTY:
		return "no RAM in the host's memory map";
	case MEMORY_MAP_NOT_ENDED:
		return "the host's memory map has no end";
	case MEMORY_MAP_UNSORTED:
		return "the host's memory map is unsorted or overlaps itself";
	case MEMORY_MAP_WRAPS:
		return "the host's memory map passes the end of the address space";
	case MEMORY_MAP_TOO_MANY:
		return "the host's memory map has too many ranges of RAM";
	case MEMORY_MAP_OVER_REGION:
		return "the host's memory map names the paravisor's region";
	case MEMORY_MAP_NO_ROOM:
		return "no room is left for the page-state map";
	}
	return "unknown";
}
