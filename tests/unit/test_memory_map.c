/* SPDX-License-Identifier: MIT */
/*
 * The host's memory map: what is accepted, each lie, and where the paravisor
 * puts what it takes.
 */
#include "unit_test.h"

#include "kernel/layout.h"
#include "kernel/memory_map.h"
#include "x86.h"

#define LIMIT BIT(47)
#define ENTRIES 40U
#define PAGES(bytes) ((bytes) >> PAGE_SHIFT)

#define REGION_END (REGION_GPA + (uint64_t)REGION_SIZE)
#define SPARE_END (REGION_END + SPARE_SIZE)

static struct igvm_memory_map_entry entries[ENTRIES];
static struct memory_map map;
static unsigned int used;

static int setup(void **state)
{
	(void)state;
	memset(entries, 0, sizeof(entries));
	used = 0;
	return 0;
}

static void put(uint64_t base, uint64_t end, uint16_t type)
{
	entries[used++] = (struct igvm_memory_map_entry){
		.starting_gpa_page_number = PAGES(base),
		.number_of_pages = PAGES(end - base),
		.entry_type = type,
	};
}

static void ram(uint64_t base, uint64_t end)
{
	put(base, end, IGVM_MEMORY_RAM);
}

static enum memory_map_error decode(void)
{
	return memory_map_decode(&map, entries, ENTRIES, PC_HOLE_END, LIMIT);
}

static void an_honest_map_is_taken(void **state)
{
	(void)state;
	ram(0, 2 * GIB);
	put(0xe0000000, 0xf0000000, IGVM_MEMORY_PLATFORM_RESERVED);
	ram(4 * GIB, 6 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(map.count, 3);
	assert_int_equal(map.bytes, 4 * GIB - (PC_HOLE_END - PC_HOLE_BASE));
	assert_int_equal(map.states, PAGES(4 * GIB));
	assert_int_equal(map.ranges[2].first_state, PAGES(2 * GIB));
}

/* As QEMU's map has it, and cut in other ways. */
static void the_pc_hole_is_no_ram(void **state)
{
	(void)state;
	ram(0, 2 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(map.count, 2);
	assert_int_equal(map.ranges[0].base, 0);
	assert_int_equal(map.ranges[0].end, PC_HOLE_BASE);
	assert_int_equal(map.ranges[0].first_state, 0);
	assert_int_equal(map.ranges[1].base, PC_HOLE_END);
	assert_int_equal(map.ranges[1].end, 2 * GIB);
	assert_int_equal(map.ranges[1].first_state, 0); /* the same block's row */
	assert_int_equal(map.states, PAGES(2 * GIB));
	setup(NULL);
	ram(PC_HOLE_BASE + PAGE_SIZE, PC_HOLE_END - PAGE_SIZE);
	assert_int_equal(decode(), MEMORY_MAP_EMPTY);
	setup(NULL);
	ram(PC_HOLE_BASE - PAGE_SIZE, PC_HOLE_BASE + PAGE_SIZE);
	ram(PC_HOLE_END, GIB);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(map.bytes, PAGE_SIZE + GIB - PC_HOLE_END);
	assert_int_equal(
		memory_map_decode(&map, entries, ENTRIES, PC_ROM_BASE, LIMIT), MEMORY_MAP_OK);
	assert_int_equal(map.bytes, PAGE_SIZE + GIB - PC_HOLE_END);
	setup(NULL);
	ram(0, GIB);
	assert_int_equal(
		memory_map_decode(&map, entries, ENTRIES, PC_ROM_BASE, LIMIT), MEMORY_MAP_OK);
	assert_int_equal(map.ranges[1].base, PC_ROM_BASE);
}

static void neighbours_become_one_range(void **state)
{
	(void)state;
	ram(MIB, 1 * GIB);
	ram(1 * GIB, 2 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(map.count, 1);
	assert_int_equal(map.ranges[0].end, 2 * GIB);
}

static void ranges_off_a_block_get_whole_rows(void **state)
{
	(void)state;
	ram(0x1000, 0x5000);
	ram(0x8000000 - 0x3000, 0x10000000);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(map.ranges[0].first_state, 0);
	assert_int_equal(map.ranges[1].first_state, 512);
	assert_int_equal(map.states, 512 + 512 + PAGES(0x8000000));
}

static void lies_about_order_are_refused(void **state)
{
	(void)state;
	ram(1 * GIB, 2 * GIB);
	ram(0, 1 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_UNSORTED);
	setup(NULL);
	ram(0, 1 * GIB);
	ram(1 * GIB - PAGE_SIZE, 2 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_UNSORTED);
	setup(NULL);
	ram(0, 1 * GIB);
	put(0x1000, 0x2000, IGVM_MEMORY_HIDDEN);
	assert_int_equal(decode(), MEMORY_MAP_UNSORTED);
}

static void addresses_that_wrap_are_refused(void **state)
{
	(void)state;
	entries[0] = (struct igvm_memory_map_entry){UINT64_MAX, 1, 0, 0, 0};
	assert_int_equal(decode(), MEMORY_MAP_WRAPS);
	entries[0] = (struct igvm_memory_map_entry){1, UINT64_MAX, 0, 0, 0};
	assert_int_equal(decode(), MEMORY_MAP_WRAPS);
	entries[0] = (struct igvm_memory_map_entry){BIT(52), BIT(52), 0, 0, 0};
	assert_int_equal(decode(), MEMORY_MAP_WRAPS);
	entries[0] = (struct igvm_memory_map_entry){PAGES(LIMIT) - 1, 2, 0, 0, 0};
	assert_int_equal(decode(), MEMORY_MAP_WRAPS);
}

static void a_map_over_the_region_is_refused(void **state)
{
	static const uint64_t places[][2] = {{REGION_GPA, REGION_GPA + PAGE_SIZE},
		{REGION_GPA - PAGE_SIZE, REGION_GPA + PAGE_SIZE},
		{REGION_END - PAGE_SIZE, REGION_END}, {REGION_END, REGION_END + PAGE_SIZE},
		{SPARE_END - PAGE_SIZE, SPARE_END}, {GIB, 8 * GIB}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		setup(NULL);
		ram(places[i][0], places[i][1]);
		assert_int_equal(decode(), MEMORY_MAP_OVER_REGION);
		setup(NULL);
		ram(0, 1 * GIB);
		put(places[i][0], places[i][1], IGVM_MEMORY_PLATFORM_RESERVED);
		assert_int_equal(decode(), MEMORY_MAP_OVER_REGION);
	}
	setup(NULL);
	ram(0, REGION_GPA);
	put(SPARE_END, 4 * GIB, IGVM_MEMORY_PLATFORM_RESERVED);
	ram(4 * GIB, 8 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_OK);
}

static void empty_and_endless_maps_are_refused(void **state)
{
	(void)state;
	assert_int_equal(decode(), MEMORY_MAP_EMPTY);
	put(0, GIB, IGVM_MEMORY_PERSISTENT);
	assert_int_equal(decode(), MEMORY_MAP_EMPTY);
	setup(NULL);
	for (unsigned int i = 0; i < ENTRIES; i++)
		put(2 * i * PAGE_SIZE, (2 * i + 1) * PAGE_SIZE, IGVM_MEMORY_PERSISTENT);
	assert_int_equal(decode(), MEMORY_MAP_NOT_ENDED);
	setup(NULL);
	for (unsigned int i = 0; i < RAM_RANGES_MAX + 1; i++)
		ram(2 * i * PAGE_SIZE, (2 * i + 1) * PAGE_SIZE);
	assert_int_equal(decode(), MEMORY_MAP_TOO_MANY);
}

static void the_carve_out_follows_the_region(void **state)
{
	(void)state;
	ram(0, 2 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(memory_map_carve_out(&map, 5), MEMORY_MAP_OK);
	assert_int_equal(map.carve_out.base, REGION_GPA + REGION_SIZE);
	assert_int_equal(map.carve_out.size, PAGES(2 * GIB) + PAGE_SIZE);
}

/* So much a firmware that takes no memory map can have beside the vTPM. */
static void a_large_guest_and_its_services_fit_the_spare_memory(void **state)
{
	(void)state;
	ram(0, 2 * GIB);
	ram(4 * GIB, 130 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(memory_map_carve_out(&map, 9 * MIB), MEMORY_MAP_OK);
	assert_int_equal(map.carve_out.base, REGION_END);
}

static void a_carve_out_too_large_for_the_spare_memory_is_taken_from_ram(void **state)
{
	(void)state;
	ram(0, 2 * GIB);
	ram(4 * GIB, 256 * GIB);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(memory_map_carve_out(&map, 0), MEMORY_MAP_OK);
	assert_true(map.carve_out.base >= 4 * GIB);
	assert_true(map.carve_out.base + map.carve_out.size <= 256 * GIB);
	assert_int_equal(memory_map_carve_out(&map, 253 * GIB), MEMORY_MAP_NO_ROOM);
	setup(NULL);
	ram(0x1000, 0x8000);
	assert_int_equal(decode(), MEMORY_MAP_OK);
	assert_int_equal(memory_map_carve_out(&map, SPARE_SIZE), MEMORY_MAP_NO_ROOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_honest_map_is_taken, setup),
		cmocka_unit_test_setup(the_pc_hole_is_no_ram, setup),
		cmocka_unit_test_setup(neighbours_become_one_range, setup),
		cmocka_unit_test_setup(ranges_off_a_block_get_whole_rows, setup),
		cmocka_unit_test_setup(lies_about_order_are_refused, setup),
		cmocka_unit_test_setup(addresses_that_wrap_are_refused, setup),
		cmocka_unit_test_setup(a_map_over_the_region_is_refused, setup),
		cmocka_unit_test_setup(empty_and_endless_maps_are_refused, setup),
		cmocka_unit_test_setup(the_carve_out_follows_the_region, setup),
		cmocka_unit_test_setup(a_large_guest_and_its_services_fit_the_spare_memory, setup),
		cmocka_unit_test_setup(
			a_carve_out_too_large_for_the_spare_memory_is_taken_from_ram, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
