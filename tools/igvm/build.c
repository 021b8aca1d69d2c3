/* SPDX-License-Identifier: MIT */
/*
 * The builder: collects the pages that the image and its note ask for, sorts
 * and checks them, and writes headers in the order that QEMU's loader measures
 * as they stand: parameters first, pages by address, the VMSA last.
 */
#include "build.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "firmware_map.h"
#include "tools/common/hash.h"
#include "inputs.h"
#include "vmsa.h"
#include "writer.h"

#define SNP_MASK 0x1U
#define GPA_END (1ULL << 52)
/* 256 MiB; more than a minute of launch updates. */
#define PAGES_MAX 65536U

enum page_kind {
	PAGE_KIND_IMAGE,
	PAGE_KIND_DIGESTS,
	PAGE_KIND_FIRMWARE,
	PAGE_KIND_SECRETS,
	PAGE_KIND_CPUID,
	PAGE_KIND_PARAMETERS,
	PAGE_KIND_MEMORY_MAP,
	PAGE_KIND_MADT,
};

/* A page, or for parameters a run of pages, at its place in guest memory. */
struct page {
	uint64_t gpa;
	uint64_t pages;
	enum page_kind kind;
	const uint8_t *bytes; /* NULL: no content from us */
	size_t size;
};

struct build {
	const struct build_options *options;
	struct tool_error *error;
	struct elf_image image;
	struct launch_measured measured;
	struct vmsa vmsa;
	struct page *pages; /* owned */
	size_t page_count;
	struct writer writer;
};

static const char *kind_name(enum page_kind kind)
{
	static const char *const names[] = {
		[PAGE_KIND_IMAGE] = "image segment",
		[PAGE_KIND_DIGESTS] = "digests page",
		[PAGE_KIND_FIRMWARE] = "firmware",
		[PAGE_KIND_SECRETS] = "secrets page",
		[PAGE_KIND_CPUID] = "CPUID page",
		[PAGE_KIND_PARAMETERS] = "parameters page",
		[PAGE_KIND_MEMORY_MAP] = "memory map",
		[PAGE_KIND_MADT] = "MADT",
	};

	return names[kind];
}

static bool is_parameter(enum page_kind kind)
{
	return kind >= PAGE_KIND_PARAMETERS;
}

static void hash_blob(const struct blob *blob, uint64_t *size, uint8_t digest[SHA256_SIZE])
{
	*size = blob->size;
	sha256(blob->bytes, blob->size, digest);
}

void build_digests(const struct build_options *options, struct launch_digests *digests)
{
	struct blob cmdline = {0};

	*digests = (struct launch_digests){.version = LAUNCH_DIGESTS_VERSION};
	if (options->mode == BUILD_KERNEL_UNCHECKED)
		digests->flags = LAUNCH_FLAG_UNCHECKED;
	if (options->mode == BUILD_KERNEL_CHECKED)
		cmdline = (struct blob){
			(const uint8_t *)options->append, strlen(options->append) + 1};
	hash_blob(&options->kernel, &digests->kernel_size, digests->kernel);
	hash_blob(&options->initrd, &digests->initrd_size, digests->initrd);
	hash_blob(&cmdline, &digests->cmdline_size, digests->cmdline);
}

static bool note_error(struct build *build, uint64_t gpa, const char *what, const char *why)
{
	return fail_at(build->error, build->image.note_offset,
		"launch note: %s at 0x%" PRIx64 " %s", what, gpa, why);
}

static bool add_page(struct build *build, const struct page *page)
{
	if (page->gpa >= GPA_END || page->pages > (GPA_END - page->gpa) / PAGE_SIZE)
		return note_error(build, page->gpa, kind_name(page->kind),
			"ends past the 52-bit address space");
	build->pages[build->page_count++] = *page;
	return true;
}

static uint64_t pages_of(uint64_t bytes)
{
	return bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);
}

static bool add_segment(struct build *build, const struct elf_segment *segment)
{
	for (uint64_t at = 0; at < segment->size; at += PAGE_SIZE) {
		uint64_t left = segment->size - at;
		const struct page page = {.gpa = segment->gpa + at,
			.pages = 1,
			.kind = PAGE_KIND_IMAGE,
			.bytes = segment->bytes + at,
			.size = left < PAGE_SIZE ? left : PAGE_SIZE};

		if (!add_page(build, &page))
			return false;
	}
	return true;
}

static bool add_firmware(struct build *build)
{
	const struct firmware *firmware = build->options->firmware;

	for (uint64_t at = 0; firmware && at < firmware->size; at += PAGE_SIZE) {
		const struct page page = {.gpa = firmware->base + at,
			.pages = 1,
			.kind = PAGE_KIND_FIRMWARE,
			.bytes = firmware->bytes + at,
			.size = PAGE_SIZE};

		if (firmware_map_imports(&firmware->map, page.gpa) && !add_page(build, &page))
			return false;
	}
	return true;
}

/* A page that the note names; none if @gpa is 0. */
static bool add_special(struct build *build, enum page_kind kind, uint64_t gpa, uint64_t pages)
{
	struct page page = {.gpa = gpa, .pages = pages, .kind = kind};

	if (!gpa)
		return true;
	if (gpa % PAGE_SIZE)
		return note_error(build, gpa, kind_name(kind), "is not a multiple of 4096");
	if (!pages || pages > 4096)
		return note_error(build, gpa, kind_name(kind), "has no pages or more than 4096");
	if (kind == PAGE_KIND_DIGESTS) {
		page.bytes = (const uint8_t *)&build->measured;
		page.size = sizeof(build->measured);
	}
	return add_page(build, &page);
}

static int compare_pages(const void *left, const void *right)
{
	const struct page *a = left, *b = right;

	if (a->gpa != b->gpa)
		return a->gpa < b->gpa ? -1 : 1;
	return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static bool sort_pages(struct build *build)
{
	qsort(build->pages, build->page_count, sizeof(*build->pages), compare_pages);
	for (size_t i = 1; i < build->page_count; i++) {
		const struct page *a = &build->pages[i - 1], *b = &build->pages[i];

		if (b->gpa - a->gpa < a->pages * PAGE_SIZE)
			return fail_with(build->error,
				"%s at guest address 0x%" PRIx64 " overlaps the %s at 0x%" PRIx64,
				kind_name(b->kind), b->gpa, kind_name(a->kind), a->gpa);
	}
	return true;
}

static bool allocate_pages(struct build *build)
{
	uint64_t count = PAGE_KIND_MADT + 1;

	for (size_t i = 0; i < build->image.segment_count; i++)
		count += pages_of(build->image.segments[i].size);
	if (build->options->firmware)
		count += pages_of(build->options->firmware->size);
	if (count > PAGES_MAX)
		return fail_with(build->error, "the image has more than %u pages", PAGES_MAX);
	build->pages = calloc(count, sizeof(*build->pages));
	return build->pages || fail_with(build->error, "out of memory");
}

static bool collect_pages(struct build *build)
{
	const struct launch_note *note = &build->image.note;

	if (!allocate_pages(build))
		return false;
	for (size_t i = 0; i < build->image.segment_count; i++) {
		if (!add_segment(build, &build->image.segments[i]))
			return false;
	}
	return add_firmware(build) && add_special(build, PAGE_KIND_DIGESTS, note->digests, 1) &&
	       add_special(build, PAGE_KIND_SECRETS, note->secrets, 1) &&
	       add_special(build, PAGE_KIND_CPUID, note->cpuid, 1) &&
	       add_special(build, PAGE_KIND_PARAMETERS, note->parameters, 1) &&
	       add_special(build, PAGE_KIND_MEMORY_MAP, note->memory_map, note->memory_map_pages) &&
	       add_special(build, PAGE_KIND_MADT, note->madt, note->madt_pages) &&
	       sort_pages(build);
}

static bool entry_is_loaded(const struct build *build, uint64_t entry)
{
	for (size_t i = 0; i < build->image.segment_count; i++) {
		const struct elf_segment *segment = &build->image.segments[i];

		if (entry >= segment->gpa && entry - segment->gpa < segment->size)
			return true;
	}
	return false;
}

static bool check_entry(struct build *build)
{
	uint64_t entry = build->image.note.entry;

	if (entry > UINT32_MAX)
		return note_error(build, entry, "entry", "is out of reach of 32-bit code");
	if (!entry_is_loaded(build, entry))
		return note_error(build, entry, "entry", "is in no segment's file bytes");
	return true;
}

static bool check_region(struct build *build)
{
	const struct launch_note *note = &build->image.note;

	if (note->region_base % PAGE_SIZE || note->region_size % PAGE_SIZE)
		return note_error(build, note->region_base, "region",
			"has a base or size that is not a multiple of 4096");
	if (note->region_size > UINT32_MAX)
		return note_error(build, note->region_base, "region", "is 4 GiB or larger");
	if (note->region_base > GPA_END - note->region_size)
		return note_error(
			build, note->region_base, "region", "ends past the 52-bit address space");
	return true;
}

/* What the digests page is for. */
static bool check_measured(struct build *build)
{
	bool wanted = build->options->mode != BUILD_KERNEL_NONE || build->options->firmware;

	if (wanted && !build->image.note.digests)
		return fail_with(build->error, "the image has no digests page, so it starts "
					       "neither kernel nor firmware; leave "
					       "out --kernel, --unchecked-kernel and --firmware");
	if (build->measured.services.count && !build->image.note.digests)
		return fail_with(build->error,
			"the image has no digests page, so it has no services; leave out "
			"--service");
	if (!wanted && build->image.note.digests)
		return fail_with(build->error,
			"the image starts a guest; give --firmware, or --kernel (with --initrd, "
			"--append), or --unchecked-kernel");
	return true;
}

/* Nothing that the firmware asks for may lie in the memory that the image needs. */
static bool check_firmware_areas(struct build *build)
{
	const struct launch_note *note = &build->image.note;
	const struct launch_firmware *map = &build->measured.firmware;

	for (uint32_t i = 0; i < map->count; i++) {
		const struct launch_area *area = &map->areas[i];

		if (area->base < note->region_base + note->region_size &&
			note->region_base < area->base + area->size)
			return fail_with(build->error,
				"the firmware's memory at 0x%" PRIx64
				" overlaps the image's region at 0x%" PRIx64,
				area->base, note->region_base);
	}
	return true;
}

/* What the firmware would refuse at launch: bits 63:26 are reserved, bit 17 must be 1. */
static bool check_policy(struct build *build)
{
	uint64_t policy = build->options->policy;

	if (!(policy & SNP_POLICY_RESERVED_ONE) || policy >> 26)
		return fail_with(build->error,
			"guest policy 0x%" PRIx64
			" lacks bit 17 or has one of the reserved bits 63-26",
			policy);
	return true;
}

static bool prepare_vmsa(struct build *build)
{
	uint64_t features = build->options->override_sev_features ? build->options->sev_features
								  : build->image.note.sev_features;

	if (!(features & SEV_FEATURE_SNP))
		return fail_with(build->error, "SEV_FEATURES 0x%" PRIx64 " lacks the SNP bit (0x1)",
			features);
	vmsa_init(&build->vmsa, (uint32_t)build->image.note.entry, features);
	return true;
}

#define WRITE_HEADER(build, type, body) \
	writer_header(&(build)->writer, (type), (body), sizeof(*(body)), WRITER_NO_OFFSET)

static void write_platform(struct build *build)
{
	const struct igvm_supported_platform platform = {
		.compatibility_mask = SNP_MASK,
		.platform_type = IGVM_PLATFORM_SEV_SNP,
		.platform_version = IGVM_PLATFORM_VERSION,
	};
	const struct igvm_guest_policy policy = {
		.policy = build->options->policy, .compatibility_mask = SNP_MASK};

	WRITE_HEADER(build, IGVM_SUPPORTED_PLATFORM, &platform);
	WRITE_HEADER(build, IGVM_GUEST_POLICY, &policy);
}

static void write_area(struct build *build, uint32_t index, uint64_t pages)
{
	const struct igvm_parameter_area area = {
		.number_of_bytes = pages * PAGE_SIZE, .parameter_area_index = index};

	WRITE_HEADER(build, IGVM_PARAMETER_AREA, &area);
}

static void write_parameter(
	struct build *build, enum igvm_type type, uint32_t index, size_t byte_offset)
{
	const struct igvm_parameter parameter = {
		.parameter_area_index = index, .byte_offset = (uint32_t)byte_offset};

	WRITE_HEADER(build, type, &parameter);
}

static void write_insert(struct build *build, uint32_t index, uint64_t gpa)
{
	const struct igvm_parameter_insert insert = {
		.gpa = gpa, .compatibility_mask = SNP_MASK, .parameter_area_index = index};

	WRITE_HEADER(build, IGVM_PARAMETER_INSERT, &insert);
}

/* Areas in a fixed order, then their inserts: those are launch updates, in that order. */
static void write_parameters(struct build *build)
{
	const struct launch_note *note = &build->image.note;
	const uint64_t gpas[] = {note->parameters, note->memory_map, note->madt};
	const uint64_t pages[] = {1, note->memory_map_pages, note->madt_pages};

	for (uint32_t i = 0; i < ARRAY_SIZE(gpas); i++) {
		if (gpas[i])
			write_area(build, i, pages[i]);
	}
	if (note->parameters) {
		write_parameter(
			build, IGVM_VP_COUNT, 0, offsetof(struct launch_parameters, vp_count));
		write_parameter(build, IGVM_ENVIRONMENT_INFO, 0,
			offsetof(struct launch_parameters, environment));
	}
	if (note->memory_map)
		write_parameter(build, IGVM_MEMORY_MAP, 1, 0);
	if (note->madt)
		write_parameter(build, IGVM_MADT, 2, 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(gpas); i++) {
		if (gpas[i])
			write_insert(build, i, gpas[i]);
	}
}

static void write_required_memory(struct build *build, uint64_t gpa, uint64_t size)
{
	const struct igvm_required_memory memory = {
		.gpa = gpa, .compatibility_mask = SNP_MASK, .number_of_bytes = (uint32_t)size};

	if (size)
		WRITE_HEADER(build, IGVM_REQUIRED_MEMORY, &memory);
}

/* The firmware's as well: pages of it that are not imported have to be memory all the same. */
static void write_required_memories(struct build *build)
{
	const struct launch_note *note = &build->image.note;
	const struct firmware *firmware = build->options->firmware;

	write_required_memory(build, note->region_base, note->region_size);
	if (firmware)
		write_required_memory(build, firmware->base, firmware->size);
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static uint16_t page_data_type(enum page_kind kind)
{
	if (kind == PAGE_KIND_SECRETS)
		return IGVM_PAGE_SECRETS;
	return kind == PAGE_KIND_CPUID ? IGVM_PAGE_CPUID : IGVM_PAGE_NORMAL;
}

/* A page of zeros gets file offset 0 instead of file data. */
static void write_page(struct build *build, const struct page *page)
{
	struct igvm_page_data body = {.gpa = page->gpa,
		.compatibility_mask = SNP_MASK,
		.data_type = page_data_type(page->kind)};
	bool has_data = page->bytes && !all_zero(page->bytes, page->size);

	if (has_data)
		body.file_offset = writer_page(&build->writer, page->bytes, page->size);
	writer_header(&build->writer, IGVM_PAGE_DATA, &body, sizeof(body),
		has_data ? offsetof(struct igvm_page_data, file_offset) : WRITER_NO_OFFSET);
}

static void write_vp_context(struct build *build)
{
	const struct igvm_vp_context context = {
		.gpa = VMSA_LAUNCH_GPA,
		.compatibility_mask = SNP_MASK,
		.file_offset = writer_page(&build->writer, &build->vmsa, sizeof(build->vmsa)),
	};

	writer_header(&build->writer, IGVM_VP_CONTEXT, &context, sizeof(context),
		offsetof(struct igvm_vp_context, file_offset));
}

/* Last, so that it ends the file; no header points at it. */
static void write_inputs(struct build *build)
{
	const struct blob *inputs = &build->options->inputs;
	struct build_inputs_trailer trailer;

	if (!inputs->size)
		return;
	trailer = inputs_trailer((const char *)inputs->bytes, inputs->size);
	buffer_append(&build->writer.data, inputs->bytes, inputs->size);
	buffer_append(&build->writer.data, &trailer, sizeof(trailer));
}

static bool write_file(struct build *build, struct buffer *out)
{
	write_platform(build);
	write_parameters(build);
	write_required_memories(build);
	for (size_t i = 0; i < build->page_count; i++) {
		if (!is_parameter(build->pages[i].kind))
			write_page(build, &build->pages[i]);
	}
	write_vp_context(build);
	write_inputs(build);
	return writer_finish(&build->writer, out, build->error);
}

bool igvm_build(const struct blob *elf, const struct build_options *options, struct buffer *out,
	struct tool_error *error)
{
	struct build build = {.options = options, .error = error};
	bool ok;

	if (!elf_image_read(elf->bytes, elf->size, &build.image, error))
		return false;
	build_digests(options, &build.measured.digests);
	build.measured.services = options->services;
	if (options->firmware)
		build.measured.firmware = options->firmware->map;
	ok = check_entry(&build) && check_region(&build) && check_measured(&build) &&
	     check_firmware_areas(&build) && check_policy(&build) && prepare_vmsa(&build) &&
	     collect_pages(&build) && write_file(&build, out);
	free(build.pages);
	return ok;
}
