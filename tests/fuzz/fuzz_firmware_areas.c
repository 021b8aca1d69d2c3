/* SPDX-License-Identifier: MIT */
/*
 * The firmware's areas as the paravisor reads them (kernel/firmware_areas.c):
 * a good set with any changes gives an error with words, or areas that it can make
 * something of.
 */
#include "tests/fuzz/fuzz.h"

#include "kernel/firmware_areas.h"
#include "tests/unit/firmware_fixture.h"
#include "x86.h"

#define RAM_END (512 * MIB)

/* One area, or with an index past the last one the head of the set. */
struct change {
	uint8_t index;
	uint8_t fields; /* bit 0 base, 1 size, 2 type */
	uint8_t shift;  /* of base and size */
	uint8_t type;
	uint32_t base, size;
};

static void change_area(struct launch_area *area, const struct change *change)
{
	if (change->fields & 1)
		area->base = (uint64_t)change->base << change->shift % 36;
	if (change->fields & 2)
		area->size = change->size << change->shift / 36 * 4;
	if (change->fields & 4)
		area->type = change->type;
}

static void apply(struct launch_firmware *firmware, const struct change *change)
{
	if (change->index < LAUNCH_AREAS_MAX) {
		change_area(&firmware->areas[change->index], change);
		return;
	}
	if (change->fields & 1)
		firmware->count = change->base;
	if (change->fields & 2)
		firmware->version = change->size;
}

static bool is_parameter(const struct launch_area *area)
{
	return area->type == LAUNCH_AREA_MEMORY_MAP || area->type == LAUNCH_AREA_VP_COUNT;
}

static void check_area(const struct launch_area *area, const struct page_span *taken)
{
	uint64_t end = area->base + area->size;

	FUZZ_CHECK(end > area->base && end <= 4 * GIB);
	FUZZ_CHECK(is_parameter(area) || IS_ALIGNED(area->base | area->size, PAGE_SIZE));
	if (area->type == LAUNCH_AREA_IMAGE || area->type == LAUNCH_AREA_ONES)
		FUZZ_CHECK(area->base >= IMAGE_LOWEST);
	else
		FUZZ_CHECK(end <= RAM_END &&
			   (end <= taken->base || area->base >= taken->base + taken->size));
}

static void check_pair(const struct launch_area *a, const struct launch_area *b)
{
	FUZZ_CHECK(is_parameter(a) != is_parameter(b) || a->base + a->size <= b->base ||
		   b->base + b->size <= a->base);
}

static void check_all(const struct launch_firmware *firmware, const struct page_span *taken)
{
	FUZZ_CHECK(firmware->count <= LAUNCH_AREAS_MAX);
	for (unsigned int i = 0; i < firmware->count; i++) {
		check_area(&firmware->areas[i], taken);
		for (unsigned int j = 0; j < i; j++)
			check_pair(&firmware->areas[i], &firmware->areas[j]);
	}
	FUZZ_CHECK(firmware_area(firmware, LAUNCH_AREA_SECRETS));
	FUZZ_CHECK(firmware_area(firmware, LAUNCH_AREA_CPUID));
	FUZZ_CHECK(firmware_area(firmware, LAUNCH_AREA_CALLING_AREA));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	struct memory_map ram = {.ranges = {{0, RAM_END, 0}}, .count = 1};
	struct launch_firmware *firmware = malloc(sizeof(*firmware));
	struct firmware_fault fault;
	struct change change;
	uint8_t taken;

	FUZZ_CHECK(firmware);
	fuzz_take(&input, &taken, sizeof(taken));
	ram.carve_out = (struct page_span){taken * MIB, MIB};
	*firmware = good_firmware;
	while (input.size) {
		fuzz_take(&input, &change, sizeof(change));
		apply(firmware, &change);
	}
	if (firmware_areas_check(firmware, &ram, &fault))
		check_all(firmware, &ram.carve_out);
	else
		FUZZ_CHECK(fault.what);
	free(firmware);
	return 0;
}
