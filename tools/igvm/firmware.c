/* SPDX-License-Identifier: MIT */
/*
 * From a firmware's tables to the list of areas that the paravisor prepares;
 * see firmware.h. Nothing in the list overlaps, but for the parameters that
 * lie inside plain memory.
 */
#include "firmware.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "firmware_tables.h"

#define FOUR_GIB (1ULL << 32)
/* As many of them in a row are worth an area of their own. */
#define ONES_PAGES_MIN 4U
#define MEMORY_MAP_ENTRY 24U

struct builder {
	struct firmware *firmware;
	struct firmware_tables tables;
	struct tool_error *error;
};

static bool add_area(struct builder *builder, uint64_t offset, enum launch_area_type type,
	uint64_t base, uint64_t size)
{
	struct launch_firmware *map = &builder->firmware->map;

	if (map->count == LAUNCH_AREAS_MAX)
		return fail_at(
			builder->error, offset, "more than %u areas of memory", LAUNCH_AREAS_MAX);
	map->areas[map->count++] = (struct launch_area){base, (uint32_t)size, type};
	return true;
}

/* ---- The image ---- */

static bool is_ones(const struct firmware *firmware, uint64_t offset)
{
	for (uint64_t i = 0; i < PAGE_SIZE; i++)
		if (firmware->bytes[offset + i] != 0xff)
			return false;
	return true;
}

/* The bytes from @offset whose pages are all ones, or all something else. */
static uint64_t run_bytes(const struct firmware *firmware, uint64_t offset, bool ones)
{
	uint64_t end = offset;

	while (end < firmware->size && is_ones(firmware, end) == ones)
		end += PAGE_SIZE;
	return end - offset;
}

/* From @offset, up to the next run of ones that is long enough. */
static uint64_t imported_bytes(const struct firmware *firmware, uint64_t offset)
{
	uint64_t end = offset;

	while (end < firmware->size) {
		uint64_t ones;

		end += run_bytes(firmware, end, false);
		ones = run_bytes(firmware, end, true);
		if (ones >= ONES_PAGES_MIN * PAGE_SIZE)
			break;
		end += ones;
	}
	return end - offset;
}

static bool add_image(struct builder *builder)
{
	const struct firmware *firmware = builder->firmware;
	uint64_t offset = 0;

	while (offset < firmware->size) {
		uint64_t ones = run_bytes(firmware, offset, true), size = ones;
		bool filled = ones >= ONES_PAGES_MIN * PAGE_SIZE;

		if (!filled)
			size = imported_bytes(firmware, offset);
		if (!add_area(builder, offset, filled ? LAUNCH_AREA_ONES : LAUNCH_AREA_IMAGE,
			    firmware->base + offset, size))
			return false;
		offset += size;
	}
	return true;
}

/* ---- What the SEV descriptor asks for ---- */

static const struct launch_area *find_area(
	const struct builder *builder, enum launch_area_type type)
{
	const struct launch_firmware *map = &builder->firmware->map;

	for (uint32_t i = 0; i < map->count; i++)
		if (map->areas[i].type == type)
			return &map->areas[i];
	return NULL;
}

static bool check_section(
	struct builder *builder, uint64_t offset, const struct firmware_section *section)
{
	uint64_t end = (uint64_t)section->base + section->size;

	if (section->base % PAGE_SIZE || section->size % PAGE_SIZE || !section->size)
		return fail_at(builder->error, offset,
			"section of type 0x%" PRIx32 " at 0x%" PRIx32 " with 0x%" PRIx32
			" bytes is no number of whole pages",
			section->type, section->base, section->size);
	if (end > builder->firmware->base)
		return fail_at(builder->error, offset,
			"section of type 0x%" PRIx32 " at 0x%" PRIx32 " reaches into the firmware",
			section->type, section->base);
	return true;
}

static bool add_page(struct builder *builder, uint64_t offset, enum launch_area_type type,
	const struct firmware_section *section)
{
	if (section->size != PAGE_SIZE)
		return fail_at(builder->error, offset,
			"section of type 0x%" PRIx32 " has 0x%" PRIx32 " bytes instead of a page",
			section->type, section->size);
	if (find_area(builder, type))
		return fail_at(
			builder->error, offset, "second section of type 0x%" PRIx32, section->type);
	return add_area(builder, offset, type, section->base, section->size);
}

static bool add_sev_section(
	struct builder *builder, uint64_t offset, const struct firmware_section *section)
{
	if (!check_section(builder, offset, section))
		return false;
	switch (section->type) {
	case SEV_METADATA_MEMORY:
		return add_area(builder, offset, LAUNCH_AREA_MEMORY, section->base, section->size);
	case SEV_METADATA_SECRETS:
		return add_page(builder, offset, LAUNCH_AREA_SECRETS, section);
	case SEV_METADATA_CPUID:
		return add_page(builder, offset, LAUNCH_AREA_CPUID, section);
	case SEV_METADATA_CALLING_AREA:
		return add_page(builder, offset, LAUNCH_AREA_CALLING_AREA, section);
	case SEV_METADATA_KERNEL_HASHES:
		return add_area(
			builder, offset, LAUNCH_AREA_KERNEL_HASHES, section->base, section->size);
	default:
		return fail_at(builder->error, offset,
			"section of type 0x%" PRIx32 ", which asks for something unknown",
			section->type);
	}
}

static bool add_sev(struct builder *builder)
{
	const struct firmware_sections *sections = &builder->tables.sev;

	for (uint32_t i = 0; i < sections->count; i++)
		if (!add_sev_section(builder, sections->offset[i], &sections->list[i]))
			return false;
	if (!find_area(builder, LAUNCH_AREA_SECRETS) || !find_area(builder, LAUNCH_AREA_CPUID))
		return fail_with(builder->error, "the firmware asks for no SNP secrets and CPUID "
						 "pages: it has no support for "
						 "SEV-SNP");
	return find_area(builder, LAUNCH_AREA_CALLING_AREA) ||
	       fail_with(builder->error, "the firmware asks for no SVSM calling area: it cannot "
					 "run under a paravisor "
					 "(OVMF can since 2024)");
}

/* ---- What the IGVM descriptor asks for ---- */

static bool in_memory(const struct builder *builder, uint64_t base, uint64_t size)
{
	const struct launch_firmware *map = &builder->firmware->map;

	for (uint32_t i = 0; i < map->count; i++) {
		const struct launch_area *area = &map->areas[i];

		if (area->type == LAUNCH_AREA_MEMORY && base >= area->base &&
			base - area->base + size <= area->size)
			return true;
	}
	return false;
}

/* Memory for parameters, most often inside memory that the SEV descriptor names. */
static bool add_parameter_memory(
	struct builder *builder, uint64_t offset, const struct firmware_section *section)
{
	return check_section(builder, offset, section) &&
	       (in_memory(builder, section->base, section->size) ||
		       add_area(builder, offset, LAUNCH_AREA_MEMORY, section->base, section->size));
}

static bool add_parameter(struct builder *builder, uint64_t offset, enum launch_area_type type,
	uint32_t unit, const struct firmware_section *section)
{
	const struct firmware_sections *sections = &builder->tables.igvm;
	const struct firmware_section *area = &sections->list[0];

	if (area->type != IGVM_METADATA_PARAMETERS)
		return fail_at(builder->error, offset,
			"section of type 0x%" PRIx32 " without a parameter area before it",
			section->type);
	if (section->base > area->size || section->size > area->size - section->base ||
		section->base % 8 || section->size < unit)
		return fail_at(builder->error, offset,
			"section of type 0x%" PRIx32 " with 0x%" PRIx32 " bytes at 0x%" PRIx32
			" does not fit the parameter area",
			section->type, section->size, section->base);
	if (find_area(builder, type))
		return fail_at(
			builder->error, offset, "second section of type 0x%" PRIx32, section->type);
	return add_area(builder, offset, type, (uint64_t)area->base + section->base, section->size);
}

/* A type that is not known is an offer, which the paravisor need not take. */
static bool add_igvm_section(
	struct builder *builder, uint64_t offset, const struct firmware_section *section)
{
	switch (section->type) {
	case IGVM_METADATA_PARAMETERS:
	case IGVM_METADATA_HOBS:
		return add_parameter_memory(builder, offset, section);
	case IGVM_METADATA_MEMORY_MAP:
		return add_parameter(
			builder, offset, LAUNCH_AREA_MEMORY_MAP, 2 * MEMORY_MAP_ENTRY, section);
	case IGVM_METADATA_VP_COUNT:
		return add_parameter(
			builder, offset, LAUNCH_AREA_VP_COUNT, sizeof(uint32_t), section);
	default:
		return true;
	}
}

static bool add_igvm(struct builder *builder)
{
	const struct firmware_sections *sections = &builder->tables.igvm;

	for (uint32_t i = 0; i < sections->count; i++)
		if (!add_igvm_section(builder, sections->offset[i], &sections->list[i]))
			return false;
	return true;
}

/* ---- The whole ---- */

static int compare_areas(const void *left, const void *right)
{
	const struct launch_area *a = left, *b = right;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return a->base < b->base ? -1 : a->base > b->base;
}

static bool is_parameter(const struct launch_area *area)
{
	return area->type == LAUNCH_AREA_MEMORY_MAP || area->type == LAUNCH_AREA_VP_COUNT;
}

static bool check_overlaps(struct builder *builder)
{
	const struct launch_firmware *map = &builder->firmware->map;

	for (uint32_t i = 0; i < map->count; i++) {
		for (uint32_t j = 0; j < i; j++) {
			const struct launch_area *a = &map->areas[i], *b = &map->areas[j];

			if (is_parameter(a) == is_parameter(b) && a->base < b->base + b->size &&
				b->base < a->base + a->size)
				return fail_with(builder->error,
					"the firmware asks for 0x%" PRIx64 " and for 0x%" PRIx64
					", which overlap",
					a->base, b->base);
		}
	}
	return true;
}

bool firmware_read(
	const uint8_t *bytes, size_t size, struct firmware *firmware, struct tool_error *error)
{
	struct builder builder = {.firmware = firmware, .error = error};

	*firmware = (struct firmware){.bytes = bytes,
		.size = size,
		.base = FOUR_GIB - size,
		.map = {.version = LAUNCH_FIRMWARE_VERSION}};
	if (!size || size % PAGE_SIZE || size > FOUR_GIB - FIRMWARE_LOWEST)
		return fail_with(error,
			"%zu bytes are no firmware: it has whole pages, at most 16 MiB", size);
	if (!firmware_tables_read(bytes, size, &builder.tables, error) || !add_image(&builder) ||
		!add_sev(&builder) || !add_igvm(&builder) || !check_overlaps(&builder))
		return false;
	qsort(firmware->map.areas, firmware->map.count, sizeof(firmware->map.areas[0]),
		compare_areas);
	return true;
}
