/* SPDX-License-Identifier: MIT */
/*
 * Checking the firmware's areas; see firmware_areas.h.
 */
#include "kernel/firmware_areas.h"
#include "kernel/layout.h"
#include "x86.h"

/* Above the local APIC; nacre-igvm build takes no image that begins below. */
#define IMAGE_LOWEST 0xff000000ULL
#define PARAMETER_ALIGN 8U
/* An entry of RAM and the one that ends the map. */
#define MEMORY_MAP_MIN (2 * sizeof(struct igvm_memory_map_entry))

const struct launch_area *firmware_area(
	const struct launch_firmware *firmware, enum launch_area_type type)
{
	for (unsigned int i = 0; i < firmware->count; i++)
		if (firmware->areas[i].type == type)
			return &firmware->areas[i];
	return NULL;
}

static bool is_parameter(const struct launch_area *area)
{
	return area->type == LAUNCH_AREA_MEMORY_MAP || area->type == LAUNCH_AREA_VP_COUNT;
}

static bool is_page(const struct launch_area *area)
{
	return area->type == LAUNCH_AREA_SECRETS || area->type == LAUNCH_AREA_CPUID ||
	       area->type == LAUNCH_AREA_CALLING_AREA;
}

/* Both have been found to end below 4 GiB. */
static bool overlap(const struct launch_area *a, const struct launch_area *b)
{
	return a->base < b->base + b->size && b->base < a->base + a->size;
}

static bool in_memory(const struct launch_firmware *firmware, const struct launch_area *area)
{
	for (unsigned int i = 0; i < firmware->count; i++) {
		const struct launch_area *memory = &firmware->areas[i];

		if (memory->type == LAUNCH_AREA_MEMORY && area->base >= memory->base &&
			area->base - memory->base < memory->size &&
			area->size <= memory->size - (area->base - memory->base))
			return true;
	}
	return false;
}

static bool in_ram(const struct memory_map *memory, const struct launch_area *area)
{
	const struct page_span *taken = &memory->carve_out;
	uint64_t end = area->base + area->size;

	if (area->base < taken->base + taken->size && taken->base < end)
		return false;
	for (unsigned int i = 0; i < memory->count; i++)
		if (area->base >= memory->ranges[i].base && end <= memory->ranges[i].end)
			return true;
	return false;
}

static const char *parameter_fault(
	const struct launch_firmware *firmware, const struct launch_area *area)
{
	uint32_t least = area->type == LAUNCH_AREA_MEMORY_MAP ? MEMORY_MAP_MIN : sizeof(uint32_t);

	if (area->base % PARAMETER_ALIGN)
		return "not a multiple of 8";
	if (area->size < least)
		return "too small";
	if (!in_memory(firmware, area))
		return "not inside the firmware's plain memory";
	return NULL;
}

/* What is wrong with the address and length of an area that has pages. */
static const char *pages_fault(const struct memory_map *memory, const struct launch_area *area)
{
	bool image = area->type == LAUNCH_AREA_IMAGE || area->type == LAUNCH_AREA_ONES;

	if (!area->size || area->base % PAGE_SIZE || area->size % PAGE_SIZE)
		return "no whole pages";
	if (is_page(area) && area->size != PAGE_SIZE)
		return "more than the one page of its type";
	if (image)
		return area->base < IMAGE_LOWEST ? "below where an image can lie" : NULL;
	return in_ram(memory, area) ? NULL : "not in RAM that is left to the guest";
}

static const char *area_fault(const struct launch_firmware *firmware,
	const struct memory_map *memory, const struct launch_area *area)
{
	if (area->type < LAUNCH_AREA_IMAGE || area->type > LAUNCH_AREA_KERNEL_HASHES)
		return "of an unknown type";
	if (area->base >= 4 * GIB || area->size > 4 * GIB - area->base)
		return "not below 4 GiB";
	if (is_parameter(area))
		return parameter_fault(firmware, area);
	return pages_fault(memory, area);
}

/* Against those before it, which are sound in themselves. */
static const char *pair_fault(const struct launch_firmware *firmware, unsigned int index)
{
	const struct launch_area *area = &firmware->areas[index];

	for (unsigned int i = 0; i < index; i++) {
		const struct launch_area *other = &firmware->areas[i];

		if (is_parameter(other) == is_parameter(area) && overlap(other, area))
			return "over another area";
		if ((is_page(area) || is_parameter(area)) && other->type == area->type)
			return "the second of its type";
	}
	return NULL;
}

/* What is wrong with the areas as a whole. */
static const char *missing(const struct launch_firmware *firmware)
{
	if (!firmware_area(firmware, LAUNCH_AREA_SECRETS))
		return "there is no page for the secrets";
	if (!firmware_area(firmware, LAUNCH_AREA_CPUID))
		return "there is no page for the CPUID table";
	if (!firmware_area(firmware, LAUNCH_AREA_CALLING_AREA))
		return "there is no page for the calling area";
	return NULL;
}

bool firmware_areas_check(const struct launch_firmware *firmware, const struct memory_map *memory,
	struct firmware_fault *fault)
{
	*fault = (struct firmware_fault){0};
	if (firmware->version != LAUNCH_FIRMWARE_VERSION)
		fault->what = "their version is unknown";
	else if (firmware->count > LAUNCH_AREAS_MAX)
		fault->what = "they are too many";
	for (unsigned int i = 0; !fault->what && i < firmware->count; i++) {
		fault->area = &firmware->areas[i];
		fault->what = area_fault(firmware, memory, fault->area);
		if (!fault->what)
			fault->what = pair_fault(firmware, i);
	}
	if (fault->what)
		return false;
	fault->area = NULL;
	fault->what = missing(firmware);
	return !fault->what;
}
