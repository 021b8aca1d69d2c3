/* SPDX-License-Identifier: MIT */
/*
 * The firmware's areas as the paravisor reads them in the measured page: a
 * good set, and one damage for each refusal.
 */
#include "unit_test.h"

#include "kernel/firmware_areas.h"
#include "tests/unit/firmware_fixture.h"
#include "x86.h"

static const struct memory_map ram = {
	.ranges = {{0, 0xa0000, 0}, {MIB, 0x20000000, 0}},
	.count = 2,
	.carve_out = {0x1f000000, MIB},
};

static struct launch_firmware firmware;
static struct firmware_fault fault;

static int setup(void **state)
{
	(void)state;
	firmware = good_firmware;
	return 0;
}

/* Refused for @what, because of the area @index, or AREAS: of none of them. */
static void refused(const char *what, unsigned int index)
{
	if (firmware_areas_check(&firmware, &ram, &fault))
		fail_msg("taken, though: %s", what);
	assert_string_equal(fault.what, what);
	assert_ptr_equal(fault.area, index == AREAS ? NULL : &firmware.areas[index]);
	setup(NULL);
}

static void refused_at(unsigned int index, uint64_t base, uint32_t size, const char *what)
{
	firmware.areas[index].base = base;
	firmware.areas[index].size = size;
	refused(what, index);
}

static void a_good_set_is_taken(void **state)
{
	(void)state;
	assert_true(firmware_areas_check(&firmware, &ram, &fault));
	assert_null(fault.what);
	assert_null(fault.area);
	assert_ptr_equal(firmware_area(&firmware, LAUNCH_AREA_SECRETS), &firmware.areas[SECRETS]);
	firmware.count = MEMORY_MAP;
	assert_true(firmware_areas_check(&firmware, &ram, &fault));
	assert_null(firmware_area(&firmware, LAUNCH_AREA_VP_COUNT));
}

/* The last byte that can be an area's: of the image, of RAM before and after the hole. */
static void areas_at_the_edges_are_taken(void **state)
{
	static const uint64_t bases[] = {0, 0x9f000, MIB, 0x1efff000, 0x1f100000, 0x1ffff000};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(bases); i++) {
		firmware.areas[SECRETS].base = bases[i];
		assert_true(firmware_areas_check(&firmware, &ram, &fault));
	}
	firmware.areas[VP_COUNT].base = 0x808ff8;
	firmware.areas[VP_COUNT].size = 8;
	assert_true(firmware_areas_check(&firmware, &ram, &fault));
}

static void the_whole_is_checked(void **state)
{
	(void)state;
	firmware.version++;
	refused("their version is unknown", AREAS);
	firmware.count = LAUNCH_AREAS_MAX + 1;
	refused("they are too many", AREAS);
	firmware.count = UINT32_MAX;
	refused("they are too many", AREAS);
	firmware.count = 0;
	refused("there is no page for the secrets", AREAS);
	firmware.areas[SECRETS].type = LAUNCH_AREA_MEMORY;
	refused("there is no page for the secrets", AREAS);
	firmware.areas[CPUID].type = LAUNCH_AREA_MEMORY;
	refused("there is no page for the CPUID table", AREAS);
	firmware.areas[CALLING_AREA].type = LAUNCH_AREA_MEMORY;
	refused("there is no page for the calling area", AREAS);
}

static void types_are_checked(void **state)
{
	(void)state;
	firmware.areas[MEMORY].type = 0;
	refused("of an unknown type", MEMORY);
	firmware.areas[HASHES].type = LAUNCH_AREA_KERNEL_HASHES + 1;
	refused("of an unknown type", HASHES);
	firmware.areas[HASHES].type = UINT32_MAX;
	refused("of an unknown type", HASHES);
}

static void lengths_are_checked(void **state)
{
	(void)state;
	refused_at(MEMORY, 0x800000, 0, "no whole pages");
	refused_at(MEMORY, 0x800000, 0x8fff, "no whole pages");
	refused_at(MEMORY, 0x800800, 0x8000, "no whole pages");
	refused_at(IMAGE, IMAGE_LOWEST, 0, "no whole pages");
	refused_at(SECRETS, 0x900000, 0x2000, "more than the one page of its type");
	refused_at(CPUID, 0x900000, 0x2000, "more than the one page of its type");
	refused_at(CALLING_AREA, 0x900000, 0x2000, "more than the one page of its type");
	refused_at(MEMORY_MAP, 0x801000, 47, "too small");
	refused_at(VP_COUNT, 0x801030, 3, "too small");
}

static void addresses_are_checked(void **state)
{
	(void)state;
	refused_at(ONES, 0xffd00000, 0x301000, "not below 4 GiB");
	refused_at(ONES, 4 * GIB, 0x1000, "not below 4 GiB");
	refused_at(IMAGE, 0ULL - 0x100000, 0x100000, "not below 4 GiB");
	refused_at(MEMORY_MAP, 0ULL - 48, 48, "not below 4 GiB");
	refused_at(IMAGE, IMAGE_LOWEST - 0x1000, 0x1000, "below where an image can lie");
	refused_at(MEMORY, 0x9f000, 0x2000, "not in RAM that is left to the guest");
	refused_at(MEMORY, 0x1ffff000, 0x2000, "not in RAM that is left to the guest");
	refused_at(MEMORY, 0x1efff000, 0x2000, "not in RAM that is left to the guest");
	refused_at(MEMORY, 0x1f0ff000, 0x1000, "not in RAM that is left to the guest");
	refused_at(SECRETS, IMAGE_LOWEST, 0x1000, "not in RAM that is left to the guest");
	refused_at(MEMORY_MAP, 0x801004, 48, "not a multiple of 8");
	refused_at(MEMORY_MAP, 0x80d000, 48, "not inside the firmware's plain memory");
	refused_at(MEMORY_MAP, 0x808fd8, 48, "not inside the firmware's plain memory");
	refused_at(VP_COUNT, 0x7ffff8, 16, "not inside the firmware's plain memory");
}

static void overlaps_are_refused(void **state)
{
	(void)state;
	refused_at(SECRETS, 0x808000, 0x1000, "over another area");
	refused_at(CPUID, 0x80d000, 0x1000, "over another area");
	refused_at(HASHES, 0x80f000, 0x2000, "over another area");
	refused_at(ONES, IMAGE_LOWEST + 0xff000, 0x1000, "over another area");
	refused_at(VP_COUNT, 0x801028, 8, "over another area");
	refused_at(VP_COUNT, 0x801000, 4, "over another area");
}

static void second_ones_are_refused(void **state)
{
	(void)state;
	firmware.areas[CPUID].type = LAUNCH_AREA_SECRETS;
	refused("the second of its type", CPUID);
	firmware.areas[VP_COUNT] = (struct launch_area){0x801100, 48, LAUNCH_AREA_MEMORY_MAP};
	refused("the second of its type", VP_COUNT);
	firmware.areas[HASHES].type = LAUNCH_AREA_MEMORY;
	assert_true(firmware_areas_check(&firmware, &ram, &fault));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_good_set_is_taken, setup),
		cmocka_unit_test_setup(areas_at_the_edges_are_taken, setup),
		cmocka_unit_test_setup(the_whole_is_checked, setup),
		cmocka_unit_test_setup(types_are_checked, setup),
		cmocka_unit_test_setup(lengths_are_checked, setup),
		cmocka_unit_test_setup(addresses_are_checked, setup),
		cmocka_unit_test_setup(overlaps_are_refused, setup),
		cmocka_unit_test_setup(second_ones_are_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
