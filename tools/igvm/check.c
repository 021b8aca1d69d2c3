/* SPDX-License-Identifier: MIT */
/*
 * What an IGVM file's headers must say: order of the sections, platforms and
 * compatibility masks, alignment, file offsets, and the life of a parameter
 * area (declared, used, inserted, gone). Called by igvm_parse() only. Pages
 * that overlap are looked for in overlap.c.
 */
#include "parse.h"

#include <inttypes.h>
#include <stdlib.h>

#include "overlap.h"

struct area {
	uint32_t index;
	uint64_t size;
	bool inserted;
};

struct check {
	const struct igvm_file *file;
	struct tool_error *error;
	enum igvm_section section;
	uint32_t masks; /* of all platforms so far */
	uint8_t platform_of_bit[32];
	bool platform_seen[IGVM_PLATFORM_CCA + 1];
	struct area *areas;
	size_t area_count;
	struct overlap overlap;
};

static bool check_gpa(
	struct check *check, const struct igvm_item *item, uint64_t gpa, uint64_t size)
{
	if (gpa % PAGE_SIZE)
		return fail_at(check->error, item->offset,
			"%s at guest address 0x%" PRIx64 ", not a multiple of 4096",
			item->info->name, gpa);
	if (gpa >= IGVM_GPA_END || size > IGVM_GPA_END - gpa)
		return fail_at(check->error, item->offset,
			"%s of 0x%" PRIx64 " bytes at guest address 0x%" PRIx64
			" ends past the 52-bit address space",
			item->info->name, size, gpa);
	return true;
}

static bool check_page_multiple(struct check *check, const struct igvm_item *item, uint64_t size)
{
	if (size % PAGE_SIZE == 0)
		return true;
	return fail_at(check->error, item->offset,
		"%s has a size of 0x%" PRIx64 " bytes, not a multiple of 4096", item->info->name,
		size);
}

static bool check_reserved(struct check *check, const struct igvm_item *item, uint64_t reserved)
{
	if (!reserved)
		return true;
	return fail_at(check->error, item->offset, "%s has reserved bits set", item->info->name);
}

/* File data of @size bytes at @offset must lie behind the variable headers. */
static bool check_data(
	struct check *check, const struct igvm_item *item, uint64_t offset, uint64_t size)
{
	const struct igvm_file *file = check->file;

	if (offset >= file->data_offset && offset <= file->size && size <= file->size - offset)
		return true;
	return fail_at(check->error, item->offset,
		"%s refers to 0x%" PRIx64 " bytes at file offset 0x%" PRIx64
		", outside the file data 0x%" PRIx64 "-0x%zx",
		item->info->name, size, offset, file->data_offset, file->size);
}

static bool check_platform(struct check *check, const struct igvm_item *item)
{
	struct igvm_supported_platform body;
	uint32_t mask;

	IGVM_BODY(item, &body);
	mask = body.compatibility_mask;
	if (!mask || mask & (mask - 1))
		return fail_at(check->error, item->offset,
			"platform mask 0x%" PRIx32 " does not have exactly one bit", mask);
	if (mask & check->masks)
		return fail_at(check->error, item->offset,
			"platform mask 0x%" PRIx32 " is used by two platforms", mask);
	if (!igvm_platform_name(body.platform_type))
		return fail_at(check->error, item->offset, "platform type %u is not known",
			body.platform_type);
	if (check->platform_seen[body.platform_type])
		return fail_at(check->error, item->offset, "platform %s is given twice",
			igvm_platform_name(body.platform_type));
	if (body.highest_vtl != 0 && body.highest_vtl != 2)
		return fail_at(check->error, item->offset, "highest VTL %u is neither 0 nor 2",
			body.highest_vtl);
	if (body.platform_version != IGVM_PLATFORM_VERSION)
		return fail_at(check->error, item->offset, "platform version %u is not known",
			body.platform_version);
	if (body.shared_gpa_boundary && body.platform_type <= IGVM_PLATFORM_VSM)
		return fail_at(check->error, item->offset,
			"platform %s cannot have a shared GPA boundary",
			igvm_platform_name(body.platform_type));
	if ((check->file->architecture == IGVM_ARCH_AARCH64) !=
			(body.platform_type == IGVM_PLATFORM_CCA) &&
		body.platform_type != IGVM_PLATFORM_VSM)
		return fail_at(check->error, item->offset,
			"platform %s does not exist on this architecture",
			igvm_platform_name(body.platform_type));
	check->masks |= mask;
	check->platform_seen[body.platform_type] = true;
	check->platform_of_bit[__builtin_ctz(mask)] = body.platform_type;
	return true;
}

/* The platform of a mask that must name exactly one; -1 and an error otherwise. */
static int single_platform(struct check *check, const struct igvm_item *item)
{
	if (item->mask & (item->mask - 1) || item->mask & ~check->masks) {
		fail_at(check->error, item->offset,
			"%s has mask 0x%" PRIx32 ", but can only be for one platform of 0x%" PRIx32,
			item->info->name, item->mask, check->masks);
		return -1;
	}
	return check->platform_of_bit[__builtin_ctz(item->mask)];
}

static bool check_policy(struct check *check, const struct igvm_item *item)
{
	struct igvm_guest_policy body;

	IGVM_BODY(item, &body);
	return check_reserved(check, item, body.reserved);
}

static bool check_cca_policy(struct check *check, const struct igvm_item *item)
{
	static const uint8_t zeros[sizeof(((struct igvm_cca_policy *)0)->reserved2)];
	struct igvm_cca_policy body;

	IGVM_BODY(item, &body);
	if (single_platform(check, item) != IGVM_PLATFORM_CCA)
		return fail_at(check->error, item->offset,
			"CCA_POLICY has mask 0x%" PRIx32 ", which is not that of CCA", item->mask);
	if (body.attributes_required_ones & body.attributes_required_zeroes)
		return fail_at(check->error, item->offset,
			"CCA_POLICY wants attributes both set and clear");
	return check_reserved(
		check, item, body.reserved || memcmp(body.reserved2, zeros, sizeof(zeros)));
}

static bool check_relocatable(struct check *check, const struct igvm_item *item)
{
	struct igvm_relocatable_region body;
	uint64_t alignment;

	IGVM_BODY(item, &body);
	alignment = body.relocation_alignment;
	if (!alignment || alignment % PAGE_SIZE || body.relocation_region_gpa % alignment ||
		body.minimum_relocation_gpa % alignment || body.maximum_relocation_gpa % alignment)
		return fail_at(check->error, item->offset,
			"RELOCATABLE_REGION is not aligned to its alignment 0x%" PRIx64, alignment);
	return check_page_multiple(check, item, body.relocation_region_size) &&
	       check_gpa(check, item, body.relocation_region_gpa, body.relocation_region_size);
}

static bool check_page_table(struct check *check, const struct igvm_item *item)
{
	struct igvm_page_table_relocation body;

	IGVM_BODY(item, &body);
	if (body.used_size > body.size)
		return fail_at(check->error, item->offset,
			"PAGE_TABLE_RELOCATION uses 0x%" PRIx64 " of 0x%" PRIx64 " bytes",
			body.used_size, body.size);
	return check_reserved(check, item, body.reserved) &&
	       check_page_multiple(check, item, body.size) &&
	       check_page_multiple(check, item, body.used_size) &&
	       check_gpa(check, item, body.gpa, body.size);
}

static bool check_corim(struct check *check, const struct igvm_item *item)
{
	struct igvm_corim_data body;

	IGVM_BODY(item, &body);
	return check_reserved(check, item, body.reserved) &&
	       check_data(check, item, body.file_offset, body.size_bytes);
}

static struct area *find_area(struct check *check, uint32_t index)
{
	for (size_t i = 0; i < check->area_count; i++) {
		if (check->areas[i].index == index)
			return &check->areas[i];
	}
	return NULL;
}

static bool check_area(struct check *check, const struct igvm_item *item)
{
	struct igvm_parameter_area body;

	IGVM_BODY(item, &body);
	if (find_area(check, body.parameter_area_index))
		return fail_at(check->error, item->offset,
			"parameter area %" PRIu32 " is declared twice", body.parameter_area_index);
	if (body.number_of_bytes == 0 || body.number_of_bytes > IGVM_PARAMETER_AREA_MAX)
		return fail_at(check->error, item->offset,
			"parameter area %" PRIu32 " has 0x%" PRIx64 " bytes; 1 to 0x%" PRIx64
			" are possible",
			body.parameter_area_index, body.number_of_bytes, IGVM_PARAMETER_AREA_MAX);
	if (!check_page_multiple(check, item, body.number_of_bytes))
		return false;
	if (body.file_offset && !check_data(check, item, body.file_offset, body.number_of_bytes))
		return false;
	check->areas[check->area_count++] = (struct area){
		.index = body.parameter_area_index, .size = body.number_of_bytes};
	return true;
}

/* The area @index, if it was declared and not inserted yet. */
static struct area *live_area(struct check *check, const struct igvm_item *item, uint32_t index)
{
	struct area *area = find_area(check, index);

	if (area && !area->inserted)
		return area;
	fail_at(check->error, item->offset, "%s uses parameter area %" PRIu32 "%s",
		item->info->name, index,
		area ? " after it was inserted" : ", which is not declared before it");
	return NULL;
}

static uint64_t parameter_min_size(uint32_t type)
{
	switch (type) {
	case IGVM_VP_COUNT:
	case IGVM_ENVIRONMENT_INFO:
		return sizeof(uint32_t);
	case IGVM_MMIO_RANGES:
		return 2 * sizeof(struct igvm_mmio_range);
	case IGVM_MEMORY_MAP:
		return sizeof(struct igvm_memory_map_entry);
	default:
		return 1;
	}
}

static bool check_parameter(struct check *check, const struct igvm_item *item)
{
	struct igvm_parameter body;
	struct area *area;

	IGVM_BODY(item, &body);
	area = live_area(check, item, body.parameter_area_index);
	if (!area)
		return false;
	if (body.byte_offset + parameter_min_size(item->type) > area->size)
		return fail_at(check->error, item->offset,
			"%s at byte 0x%" PRIx32 " does not fit into parameter area %" PRIu32
			" of 0x%" PRIx64 " bytes",
			item->info->name, body.byte_offset, area->index, area->size);
	return true;
}

static bool check_insert(struct check *check, const struct igvm_item *item)
{
	struct igvm_parameter_insert body;
	struct area *area;

	IGVM_BODY(item, &body);
	area = live_area(check, item, body.parameter_area_index);
	if (!area || !check_gpa(check, item, body.gpa, area->size))
		return false;
	area->inserted = true;
	overlap_add(&check->overlap, item, body.gpa, area->size);
	return true;
}

static bool check_page(struct check *check, const struct igvm_item *item)
{
	struct igvm_page_data body;
	uint64_t size;

	IGVM_BODY(item, &body);
	size = body.flags & IGVM_PAGE_FLAG_2MB ? PAGE_2M_SIZE : PAGE_SIZE;
	if (body.data_type > IGVM_PAGE_CPUID_XF)
		return fail_at(check->error, item->offset, "page data type %u is not known",
			body.data_type);
	if (body.flags & ~IGVM_PAGE_FLAGS_KNOWN)
		return fail_at(check->error, item->offset,
			"page data flags 0x%" PRIx32 " are not known", body.flags);
	if (body.gpa % size)
		return fail_at(check->error, item->offset,
			"PAGE_DATA at guest address 0x%" PRIx64
			", not a multiple of its page size 0x%" PRIx64,
			body.gpa, size);
	if (!check_reserved(check, item, body.reserved) || !check_gpa(check, item, body.gpa, size))
		return false;
	if (body.file_offset && !check_data(check, item, body.file_offset, PAGE_SIZE))
		return false;
	overlap_add(&check->overlap, item, body.gpa, size);
	return true;
}

static bool check_vsm_context(
	struct check *check, const struct igvm_item *item, uint32_t file_offset)
{
	struct igvm_vsm_vp_context context;

	if (!check_data(check, item, file_offset, sizeof(context)))
		return false;
	memcpy(&context, check->file->bytes + file_offset, sizeof(context));
	return check_data(check, item, file_offset,
		sizeof(context) + (uint64_t)context.register_count * IGVM_VSM_REGISTER_SIZE);
}

/* One context for each vCPU of a platform. Quadratic, but VP contexts are few. */
static bool check_vp_unique(struct check *check, const struct igvm_item *item, uint16_t vp_index)
{
	for (const struct igvm_item *other = check->file->items; other < item; other++) {
		struct igvm_vp_context body;

		if (other->type != IGVM_VP_CONTEXT || !(other->mask & item->mask))
			continue;
		IGVM_BODY(other, &body);
		if (body.vp_index == vp_index)
			return fail_at(check->error, item->offset,
				"vCPU %u has a VP_CONTEXT already, at offset 0x%" PRIx64, vp_index,
				other->offset);
	}
	return true;
}

static bool check_vp_context(struct check *check, const struct igvm_item *item)
{
	struct igvm_vp_context body;
	int platform = single_platform(check, item);

	IGVM_BODY(item, &body);
	if (platform < 0 || !check_vp_unique(check, item, body.vp_index))
		return false;
	if (platform == IGVM_PLATFORM_TDX)
		return fail_at(check->error, item->offset,
			"VP_CONTEXT for TDX, whose vCPUs start in a fixed state");
	if (platform == IGVM_PLATFORM_VSM)
		return check_vsm_context(check, item, body.file_offset);
	return check_gpa(check, item, body.gpa, PAGE_SIZE) &&
	       check_data(check, item, body.file_offset, PAGE_SIZE);
}

static bool check_required_memory(struct check *check, const struct igvm_item *item)
{
	struct igvm_required_memory body;

	IGVM_BODY(item, &body);
	return check_reserved(check, item, body.reserved) &&
	       check_page_multiple(check, item, body.number_of_bytes) &&
	       check_gpa(check, item, body.gpa, body.number_of_bytes);
}

static bool check_error_range(struct check *check, const struct igvm_item *item)
{
	struct igvm_error_range body;

	IGVM_BODY(item, &body);
	return check_page_multiple(check, item, body.size_bytes) &&
	       check_gpa(check, item, body.gpa, body.size_bytes);
}

static bool check_body(struct check *check, const struct igvm_item *item)
{
	switch (item->type) {
	case IGVM_SUPPORTED_PLATFORM:
		return check_platform(check, item);
	case IGVM_GUEST_POLICY:
		return check_policy(check, item);
	case IGVM_CCA_POLICY:
		return check_cca_policy(check, item);
	case IGVM_RELOCATABLE_REGION:
		return check_relocatable(check, item);
	case IGVM_PAGE_TABLE_RELOCATION:
		return check_page_table(check, item);
	case IGVM_CORIM_DOCUMENT:
	case IGVM_CORIM_SIGNATURE:
		return check_corim(check, item);
	case IGVM_PARAMETER_AREA:
		return check_area(check, item);
	case IGVM_PARAMETER_INSERT:
		return check_insert(check, item);
	case IGVM_PAGE_DATA:
		return check_page(check, item);
	case IGVM_VP_CONTEXT:
		return check_vp_context(check, item);
	case IGVM_REQUIRED_MEMORY:
		return check_required_memory(check, item);
	case IGVM_ERROR_RANGE:
		return check_error_range(check, item);
	default:
		return !item->info->parameter || check_parameter(check, item);
	}
}

static bool check_section(struct check *check, const struct igvm_item *item)
{
	enum igvm_section section = igvm_type_section(item->type);

	if (section == IGVM_SECTION_NONE)
		return true; /* optional and unknown: parse.c lets no other through */
	if (section < check->section)
		return fail_at(check->error, item->offset,
			"%s header (type 0x%03" PRIx32 ") after a header of the %s section",
			igvm_section_name(section), item->type, igvm_section_name(check->section));
	check->section = section;
	return true;
}

/*
 * A header may name platforms besides those of the file: loaders take it if its
 * mask has the bit of theirs (igvm_find_strays() tells of the others). One that no
 * loader would take is damage.
 */
static bool check_mask(struct check *check, const struct igvm_item *item)
{
	if (!igvm_has_mask(item) || item->mask & check->masks)
		return true;
	return fail_at(check->error, item->offset,
		"%s has mask 0x%" PRIx32 "; the platforms' masks are 0x%" PRIx32, item->info->name,
		item->mask, check->masks);
}

static bool check_item(struct check *check, const struct igvm_item *item)
{
	if (!check_section(check, item))
		return false;
	return !item->info || (check_mask(check, item) && check_body(check, item));
}

static bool check_all(struct check *check)
{
	for (size_t i = 0; i < check->file->item_count; i++) {
		if (!check_item(check, &check->file->items[i]))
			return false;
	}
	if (!check->masks)
		return fail_at(
			check->error, check->file->header_offset, "no SUPPORTED_PLATFORM header");
	return overlap_check(&check->overlap, check->masks, check->error);
}

bool igvm_check(const struct igvm_file *file, struct tool_error *error)
{
	struct check check = {.file = file, .error = error};
	bool ok;

	check.areas = calloc(file->item_count, sizeof(*check.areas));
	check.overlap.ranges = calloc(file->item_count, sizeof(*check.overlap.ranges));
	if (check.areas && check.overlap.ranges)
		ok = check_all(&check);
	else
		ok = fail_with(error, "out of memory");
	free(check.areas);
	free(check.overlap.ranges);
	return ok;
}
