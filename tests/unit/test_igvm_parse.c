/* SPDX-License-Identifier: MIT */
/*
 * The IGVM parser: good files, and one bad file for every check, with the
 * offset that the error must name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "igvm_fixture.h"
#include "snp.h"
#include "tools/common/hash.h"

/* A change of one field and what the parser must say about it. */
struct damage {
	const char *what; /* part of the message */
	uint32_t type;    /* of the variable header; 0: the fixed header */
	unsigned int nth;
	size_t field; /* offset in the header; the body begins at BODY */
	size_t size;
	uint64_t value;
	size_t error_field; /* offset in the header that the error names */
};

#define BODY sizeof(struct igvm_variable_header)
#define FIELD(body, name) BODY + offsetof(struct body, name), sizeof(((struct body *)0)->name)
#define FIXED(name) \
	offsetof(struct igvm_fixed_header, name), sizeof(((struct igvm_fixed_header *)0)->name)
#define AT(name) offsetof(struct igvm_fixed_header, name)

static const struct damage damages[] = {
	/* Fixed header. */
	{"not an IGVM file", 0, 0, FIXED(magic), 0x12345678, 0},
	{"version 3 is not known", 0, 0, FIXED(version), 3, AT(version)},
	{"version 0 is not known", 0, 0, FIXED(version), 0, AT(version)},
	{"total file size", 0, 0, FIXED(total_file_size), 1, AT(total_file_size)},
	{"inside the fixed header", 0, 0, FIXED(variable_header_offset), 16,
		AT(variable_header_offset)},
	{"not a multiple of 8", 0, 0, FIXED(variable_header_offset), 28,
		AT(variable_header_offset)},
	{"zero or not", 0, 0, FIXED(variable_header_size), 0, AT(variable_header_size)},
	{"zero or not", 0, 0, FIXED(variable_header_size), 0x44, AT(variable_header_size)},
	{"no file data", 0, 0, FIXED(variable_header_size), 0x7ffffff8, AT(variable_header_size)},
	{"no file data", 0, 0, FIXED(variable_header_size), 0xfffffff8, AT(variable_header_size)},
	/* Variable headers as such. */
	{"type 0x3fe is not known", IGVM_PAGE_DATA, 0, 0, 4, 0x3fe, 0},
	{"type 0x000 is not known", IGVM_PAGE_DATA, 0, 0, 4, 0, 0},
	{"PAGE_DATA has 16 bytes", IGVM_PAGE_DATA, 0, 4, 4, 16, 4},
	{"PAGE_DATA has 25 bytes", IGVM_PAGE_DATA, 0, 4, 4, 25, 4},
	{"VP_CONTEXT has 24 bytes", IGVM_VP_CONTEXT, 2, 4, 4, 24, 4},
	{"more than the variable headers hold", IGVM_VP_CONTEXT, 2, 4, 4, 25, 4},
	{"more than the variable headers hold", IGVM_PAGE_DATA, 0, 4, 4, 0xffffffff, 4},
	/* Platforms. */
	{"exactly one bit", IGVM_SUPPORTED_PLATFORM, 0,
		FIELD(igvm_supported_platform, compatibility_mask), 0x3, 0},
	{"exactly one bit", IGVM_SUPPORTED_PLATFORM, 0,
		FIELD(igvm_supported_platform, compatibility_mask), 0, 0},
	{"used by two platforms", IGVM_SUPPORTED_PLATFORM, 1,
		FIELD(igvm_supported_platform, compatibility_mask), FIXTURE_SNP, 0},
	{"type 7 is not known", IGVM_SUPPORTED_PLATFORM, 0,
		FIELD(igvm_supported_platform, platform_type), 7, 0},
	{"SEV-SNP is given twice", IGVM_SUPPORTED_PLATFORM, 1,
		FIELD(igvm_supported_platform, platform_type), IGVM_PLATFORM_SEV_SNP, 0},
	{"neither 0 nor 2", IGVM_SUPPORTED_PLATFORM, 0, FIELD(igvm_supported_platform, highest_vtl),
		1, 0},
	{"version 2 is not known", IGVM_SUPPORTED_PLATFORM, 0,
		FIELD(igvm_supported_platform, platform_version), 2, 0},
	{"shared GPA boundary", IGVM_SUPPORTED_PLATFORM, 1,
		FIELD(igvm_supported_platform, shared_gpa_boundary), 0x1000, 0},
	{"does not exist on this architecture", IGVM_SUPPORTED_PLATFORM, 0,
		FIELD(igvm_supported_platform, platform_type), IGVM_PLATFORM_CCA, 0},
	/* Order of sections. */
	{"platform header (type 0x001) after", IGVM_PARAMETER_AREA, 0, 0, 4, 0x1, 0},
	{"initialization header (type 0x101) after", IGVM_PARAMETER_AREA, 1, 0, 4, 0x101, 0},
	/* Masks. */
	{"GUEST_POLICY has mask 0x0", IGVM_GUEST_POLICY, 0,
		FIELD(igvm_guest_policy, compatibility_mask), 0, 0},
	{"PAGE_DATA has mask 0x10", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, compatibility_mask),
		0x10, 0},
	{"can only be for one platform", IGVM_VP_CONTEXT, 2,
		FIELD(igvm_vp_context, compatibility_mask), 0x11, 0},
	{"VP_CONTEXT has mask 0x10", IGVM_VP_CONTEXT, 2, FIELD(igvm_vp_context, compatibility_mask),
		0x10, 0},
	{"can only be for one platform", IGVM_VP_CONTEXT, 0,
		FIELD(igvm_vp_context, compatibility_mask), 0x9, 0},
	/* Initialization headers. */
	{"GUEST_POLICY has reserved bits", IGVM_GUEST_POLICY, 0, FIELD(igvm_guest_policy, reserved),
		1, 0},
	{"not aligned to its alignment", IGVM_RELOCATABLE_REGION, 0,
		FIELD(igvm_relocatable_region, relocation_alignment), 0, 0},
	{"not aligned to its alignment", IGVM_RELOCATABLE_REGION, 0,
		FIELD(igvm_relocatable_region, relocation_alignment), 0x800, 0},
	{"not aligned to its alignment", IGVM_RELOCATABLE_REGION, 0,
		FIELD(igvm_relocatable_region, relocation_region_gpa), 0x1000, 0},
	{"not aligned to its alignment", IGVM_RELOCATABLE_REGION, 0,
		FIELD(igvm_relocatable_region, minimum_relocation_gpa), 0x1000, 0},
	{"not aligned to its alignment", IGVM_RELOCATABLE_REGION, 0,
		FIELD(igvm_relocatable_region, maximum_relocation_gpa), 0x1000, 0},
	{"RELOCATABLE_REGION has a size", IGVM_RELOCATABLE_REGION, 0,
		FIELD(igvm_relocatable_region, relocation_region_size), 0x1001, 0},
	{"RELOCATABLE_REGION of 0xfffffffffffff000", IGVM_RELOCATABLE_REGION, 0,
		FIELD(igvm_relocatable_region, relocation_region_size), 0xfffffffffffff000, 0},
	{"PAGE_TABLE_RELOCATION uses", IGVM_PAGE_TABLE_RELOCATION, 0,
		FIELD(igvm_page_table_relocation, used_size), 0x5000, 0},
	{"PAGE_TABLE_RELOCATION has a size", IGVM_PAGE_TABLE_RELOCATION, 0,
		FIELD(igvm_page_table_relocation, used_size), 0x10, 0},
	{"PAGE_TABLE_RELOCATION has a size", IGVM_PAGE_TABLE_RELOCATION, 0,
		FIELD(igvm_page_table_relocation, size), 0x4010, 0},
	{"PAGE_TABLE_RELOCATION at guest address", IGVM_PAGE_TABLE_RELOCATION, 0,
		FIELD(igvm_page_table_relocation, gpa), 0x10, 0},
	{"PAGE_TABLE_RELOCATION has reserved", IGVM_PAGE_TABLE_RELOCATION, 0,
		FIELD(igvm_page_table_relocation, reserved), 1, 0},
	{"CORIM_DOCUMENT refers to", IGVM_CORIM_DOCUMENT, 0, FIELD(igvm_corim_data, size_bytes),
		0x100000, 0},
	{"CORIM_SIGNATURE refers to", IGVM_CORIM_SIGNATURE, 0, FIELD(igvm_corim_data, file_offset),
		0, 0},
	{"CORIM_SIGNATURE has reserved", IGVM_CORIM_SIGNATURE, 0, FIELD(igvm_corim_data, reserved),
		1, 0},
	/* Parameter areas. */
	{"area 7 is declared twice", IGVM_PARAMETER_AREA, 1,
		FIELD(igvm_parameter_area, parameter_area_index), 7, 0},
	{"area 7 has 0x0 bytes", IGVM_PARAMETER_AREA, 0,
		FIELD(igvm_parameter_area, number_of_bytes), 0, 0},
	{"area 7 has 0x1001000 bytes", IGVM_PARAMETER_AREA, 0,
		FIELD(igvm_parameter_area, number_of_bytes), 0x1001000, 0},
	{"PARAMETER_AREA has a size", IGVM_PARAMETER_AREA, 0,
		FIELD(igvm_parameter_area, number_of_bytes), 0x1800, 0},
	{"PARAMETER_AREA refers to", IGVM_PARAMETER_AREA, 1,
		FIELD(igvm_parameter_area, file_offset), 8, 0},
	{"VP_COUNT uses parameter area 9, which", IGVM_VP_COUNT, 0,
		FIELD(igvm_parameter, parameter_area_index), 9, 0},
	{"PARAMETER_INSERT uses parameter area 9, which", IGVM_PARAMETER_INSERT, 0,
		FIELD(igvm_parameter_insert, parameter_area_index), 9, 0},
	{"VP_COUNT at byte 0x1ffd", IGVM_VP_COUNT, 0, FIELD(igvm_parameter, byte_offset), 0x1ffd,
		0},
	{"VP_COUNT at byte 0xffffffff", IGVM_VP_COUNT, 0, FIELD(igvm_parameter, byte_offset),
		0xffffffff, 0},
	{"ENVIRONMENT_INFO at byte 0x1ffd", IGVM_ENVIRONMENT_INFO, 0,
		FIELD(igvm_parameter, byte_offset), 0x1ffd, 0},
	{"MMIO_RANGES at byte 0x1fe1", IGVM_MMIO_RANGES, 0, FIELD(igvm_parameter, byte_offset),
		0x1fe1, 0},
	{"MEMORY_MAP at byte 0x1fe9", IGVM_MEMORY_MAP, 0, FIELD(igvm_parameter, byte_offset),
		0x1fe9, 0},
	{"MADT at byte 0x2000", IGVM_MADT, 0, FIELD(igvm_parameter, byte_offset), 0x2000, 0},
	{"PARAMETER_INSERT at guest address 0x10010", IGVM_PARAMETER_INSERT, 0,
		FIELD(igvm_parameter_insert, gpa), 0x10010, 0},
	{"past the 52-bit", IGVM_PARAMETER_INSERT, 0, FIELD(igvm_parameter_insert, gpa),
		0xffffffffff000, 0},
	/* Pages. */
	{"data type 4 is not known", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, data_type), 4, 0},
	{"flags 0x8 are not known", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, flags), 8, 0},
	{"not a multiple of its page size 0x1000", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, gpa),
		0x1008, 0},
	{"not a multiple of its page size 0x200000", IGVM_PAGE_DATA, 0,
		FIELD(igvm_page_data, flags), IGVM_PAGE_FLAG_2MB, 0},
	{"PAGE_DATA has reserved bits", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, reserved), 1, 0},
	{"past the 52-bit", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, gpa), 0x10000000000000, 0},
	{"past the 52-bit", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, gpa), 0xfffffffffffff000, 0},
	{"outside the file data", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, file_offset), 1, 0},
	{"outside the file data", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, file_offset), 0xffffffff,
		0},
	{"overlaps the PAGE_DATA", IGVM_PAGE_DATA, 1, FIELD(igvm_page_data, gpa), 0x1000, 0},
	{"overlaps the PARAMETER_INSERT", IGVM_PAGE_DATA, 0, FIELD(igvm_page_data, gpa), 0x11000,
		0},
	/* VP contexts: 0 native, 1 VSM, 2 SNP. */
	{"vCPU 0 has a VP_CONTEXT already", IGVM_VP_CONTEXT, 2,
		FIELD(igvm_vp_context, compatibility_mask), FIXTURE_NATIVE, 0},
	{"VP_CONTEXT for TDX", IGVM_VP_CONTEXT, 0, FIELD(igvm_vp_context, compatibility_mask),
		FIXTURE_TDX, 0},
	{"VP_CONTEXT refers to 0x1000 bytes at file offset 0x0", IGVM_VP_CONTEXT, 2,
		FIELD(igvm_vp_context, file_offset), 0, 0},
	{"VP_CONTEXT refers to 0x4 bytes", IGVM_VP_CONTEXT, 1, FIELD(igvm_vp_context, file_offset),
		0, 0},
	{"VP_CONTEXT at guest address 0x1", IGVM_VP_CONTEXT, 2, FIELD(igvm_vp_context, gpa), 1, 0},
	/* Memory ranges. */
	{"REQUIRED_MEMORY has reserved", IGVM_REQUIRED_MEMORY, 0,
		FIELD(igvm_required_memory, reserved), 1, 0},
	{"REQUIRED_MEMORY has a size", IGVM_REQUIRED_MEMORY, 0,
		FIELD(igvm_required_memory, number_of_bytes), 0x1001, 0},
	{"REQUIRED_MEMORY at guest address", IGVM_REQUIRED_MEMORY, 0,
		FIELD(igvm_required_memory, gpa), 0x1001, 0},
	{"past the 52-bit", IGVM_REQUIRED_MEMORY, 0, FIELD(igvm_required_memory, gpa),
		0xfffffffffffff000, 0},
	{"ERROR_RANGE has a size", IGVM_ERROR_RANGE, 0, FIELD(igvm_error_range, size_bytes), 1, 0},
	{"ERROR_RANGE at guest address", IGVM_ERROR_RANGE, 0, FIELD(igvm_error_range, gpa), 1, 0},
};

static void expect_error(
	const struct buffer *file, uint64_t offset, const char *what, const char *where)
{
	struct igvm_file parsed;
	struct tool_error error = {0};

	if (fixture_parse(file, &parsed, &error))
		fail_msg("%s: the parser takes a file with: %s", where, what);
	if (!strstr(error.text, what))
		fail_msg("%s: \"%s\" does not say \"%s\"", where, error.text, what);
	if (!error.has_offset || error.offset != offset)
		fail_msg("%s: \"%s\" at offset 0x%lx instead of 0x%lx", where, error.text,
			(unsigned long)error.offset, (unsigned long)offset);
}

static void every_damage_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		const struct damage *damage = &damages[i];
		struct buffer file = {0};
		uint64_t header = 0;
		char where[32];

		fixture_rich(&file);
		if (damage->type)
			header = fixture_find(&file, damage->type, damage->nth);
		fixture_poke(&file, header + damage->field, damage->value, damage->size);
		fixture_seal(&file);
		snprintf(where, sizeof(where), "damage %zu", i);
		expect_error(&file, header + damage->error_field, damage->what, where);
		buffer_free(&file);
	}
}

static void rich_file_is_good(void **state)
{
	struct buffer file = {0};
	struct igvm_file parsed;
	struct tool_error error;

	(void)state;
	fixture_rich(&file);
	if (!fixture_parse(&file, &parsed, &error))
		fail_msg("%s", error.text);
	assert_int_equal(igvm_platform_mask(&parsed, IGVM_PLATFORM_SEV_SNP), FIXTURE_SNP);
	assert_int_equal(igvm_platform_mask(&parsed, IGVM_PLATFORM_VSM), FIXTURE_VSM);
	assert_int_equal(igvm_platform_mask(&parsed, IGVM_PLATFORM_SEV), 0);
	fixture_close(&parsed);
	buffer_free(&file);
}

static void check_vector(const char *name, uint32_t version, uint64_t headers)
{
	struct buffer file = {0};
	struct igvm_file parsed;
	struct tool_error error;

	fixture_vector(name, &file);
	if (!fixture_parse(&file, &parsed, &error))
		fail_msg("%s: %s", name, error.text);
	assert_int_equal(parsed.version, version);
	assert_int_equal(parsed.architecture, IGVM_ARCH_X64);
	assert_int_equal(parsed.item_count, 12);
	assert_int_equal(parsed.header_offset, headers);
	assert_int_equal(parsed.data_offset, headers + 320);
	assert_int_equal(parsed.items[0].type, IGVM_SUPPORTED_PLATFORM);
	assert_int_equal(parsed.items[11].type, IGVM_VP_CONTEXT);
	assert_int_equal(parsed.items[11].mask, 1);
	fixture_close(&parsed);
	buffer_free(&file);
}

static void vectors_are_good(void **state)
{
	(void)state;
	check_vector("min_v1.igvm", 1, 24);
	check_vector("min_v2.igvm", 2, 32);
}

static void version_2_fields_are_checked(void **state)
{
	uint64_t tail = sizeof(struct igvm_fixed_header);
	struct buffer file = {0};

	(void)state;
	fixture_vector("min_v2.igvm", &file);
	fixture_poke(&file, tail, 2, 4);
	fixture_seal(&file);
	expect_error(&file, tail, "architecture 2", "architecture");
	fixture_poke(&file, tail, IGVM_ARCH_AARCH64, 4);
	fixture_seal(&file);
	expect_error(&file, fixture_find(&file, IGVM_SUPPORTED_PLATFORM, 0),
		"does not exist on this architecture", "SNP on AArch64");
	fixture_poke(&file, tail, IGVM_ARCH_X64, 4);
	fixture_poke(&file, tail + 4, 65536, 4);
	fixture_seal(&file);
	expect_error(&file, tail + 4, "page size 65536", "page size");
	buffer_free(&file);
}

static void crc_is_the_common_one(void **state)
{
	(void)state;
	assert_int_equal(crc32_update(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(crc32_update(crc32_update(0, "1234", 4), "56789", 5), 0xcbf43926);
}

static void any_changed_header_bit_breaks_the_checksum(void **state)
{
	struct buffer file = {0};
	struct tool_error error;
	struct igvm_file parsed;

	(void)state;
	fixture_vector("min_v1.igvm", &file);
	for (size_t bit = 0; bit < 8 * (24 + 320); bit++) {
		file.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(fixture_parse(&file, &parsed, &error));
		assert_true(error.has_offset);
		file.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	fixture_poke(&file, fixture_find(&file, IGVM_GUEST_POLICY, 0) + BODY, 0x20000, 8);
	expect_error(&file, AT(checksum), "checksum is 0xd4e2f6af", "checksum");
	buffer_free(&file);
}

static void every_shorter_file_is_refused(void **state)
{
	struct buffer file = {0};
	struct tool_error error;
	struct igvm_file parsed;

	(void)state;
	fixture_vector("min_v2.igvm", &file);
	while (file.size--) {
		assert_false(fixture_parse(&file, &parsed, &error));
		if (file.size < 24)
			assert_non_null(strstr(error.text, "too few"));
		else if (file.size < 32)
			assert_non_null(strstr(error.text, "ends inside"));
		else
			assert_non_null(strstr(error.text, "total file size"));
	}
	file.size = 0;
	buffer_free(&file);
}

/* Builds a file from what @fill adds behind an SNP platform and expects @what. */
static void expect_built_error(
	void (*add)(struct writer *), uint32_t type, unsigned int nth, const char *what)
{
	struct writer writer = {0};
	struct buffer file = {0};

	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
	add(&writer);
	fixture_finish(&writer, &file);
	expect_error(&file, fixture_find(&file, type, nth), what, what);
	buffer_free(&file);
}

static void use_after_insert(struct writer *writer)
{
	fixture_area(writer, 0, PAGE_SIZE);
	fixture_insert(writer, 0, 0x1000);
	fixture_parameter(writer, IGVM_VP_COUNT, 0, 0);
	fixture_page(writer, 0x8000, 1, 0, IGVM_PAGE_NORMAL);
}

static void second_insert(struct writer *writer)
{
	fixture_area(writer, 0, PAGE_SIZE);
	fixture_insert(writer, 0, 0x1000);
	fixture_insert(writer, 0, 0x2000);
	fixture_page(writer, 0x8000, 1, 0, IGVM_PAGE_NORMAL);
}

static void use_before_declaration(struct writer *writer)
{
	fixture_parameter(writer, IGVM_VP_COUNT, 0, 0);
	fixture_area(writer, 0, PAGE_SIZE);
	fixture_page(writer, 0x8000, 1, 0, IGVM_PAGE_NORMAL);
}

static void page_in_large_page(struct writer *writer)
{
	fixture_page(writer, 0x200000, 1, IGVM_PAGE_FLAG_2MB, IGVM_PAGE_NORMAL);
	fixture_page(writer, 0x3ff000, 1, 0, IGVM_PAGE_NORMAL);
}

static void insert_over_page(struct writer *writer)
{
	fixture_page(writer, 0x2000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_area(writer, 0, 4 * PAGE_SIZE);
	fixture_insert(writer, 0, 0x1000);
}

static void parameter_areas_and_overlaps(void **state)
{
	(void)state;
	expect_built_error(use_after_insert, IGVM_VP_COUNT, 0, "after it was inserted");
	expect_built_error(second_insert, IGVM_PARAMETER_INSERT, 1, "after it was inserted");
	expect_built_error(use_before_declaration, IGVM_VP_COUNT, 0, "not declared before it");
	expect_built_error(page_in_large_page, IGVM_PAGE_DATA, 1, "overlaps the PAGE_DATA");
	expect_built_error(insert_over_page, IGVM_PAGE_DATA, 0, "overlaps the PARAMETER_INSERT");
}

static void no_platform_is_an_error(void **state)
{
	struct writer writer = {0};
	struct buffer file = {0};

	(void)state;
	fixture_area(&writer, 0, PAGE_SIZE);
	writer_page(&writer, "", 0);
	fixture_finish(&writer, &file);
	expect_error(&file, sizeof(struct igvm_fixed_header), "no SUPPORTED_PLATFORM", "none");
	buffer_free(&file);
}

/* The same address for two platforms is no overlap. */
static void platforms_share_addresses(void **state)
{
	struct writer writer = {0};
	struct buffer file = {0};
	struct igvm_file parsed;
	struct tool_error error;

	(void)state;
	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
	fixture_platform(&writer, FIXTURE_TDX, IGVM_PLATFORM_TDX);
	fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_page(&writer, 0x1000, 2, 0, IGVM_PAGE_NORMAL);
	fixture_finish(&writer, &file);
	fixture_poke(&file,
		fixture_find(&file, IGVM_PAGE_DATA, 1) + BODY +
			offsetof(struct igvm_page_data, compatibility_mask),
		FIXTURE_TDX, 4);
	fixture_seal(&file);
	if (!fixture_parse(&file, &parsed, &error))
		fail_msg("%s", error.text);
	fixture_close(&parsed);
	buffer_free(&file);
}

static void vsm_registers_must_be_in_the_file(void **state)
{
	struct buffer file = {0};
	struct igvm_vp_context context;
	uint64_t header;

	(void)state;
	fixture_rich(&file);
	header = fixture_find(&file, IGVM_VP_CONTEXT, 1);
	memcpy(&context, file.bytes + header + BODY, sizeof(context));
	fixture_poke(&file, context.file_offset, 0xffffffff, 4);
	expect_error(&file, header, "refers to 0x1fffffffe4 bytes", "register count");
	buffer_free(&file);
}

/* An AArch64 file of version 2 with a CCA policy; its one page has no file data. */
static void make_cca(struct buffer *file)
{
	const uint32_t tail[2] = {IGVM_ARCH_AARCH64, PAGE_SIZE};
	const struct igvm_cca_policy policy = {
		.compatibility_mask = FIXTURE_SNP, .attributes_required_ones = 2};
	struct writer writer = {0};
	struct buffer v1 = {0};

	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_CCA);
	writer_header(&writer, IGVM_CCA_POLICY, &policy, sizeof(policy), WRITER_NO_OFFSET);
	fixture_page(&writer, 0x1000, -1, 0, IGVM_PAGE_NORMAL);
	writer_page(&writer, "", 0);
	fixture_finish(&writer, &v1);
	buffer_append(file, v1.bytes, sizeof(struct igvm_fixed_header));
	buffer_append(file, tail, sizeof(tail));
	buffer_append(file, v1.bytes + sizeof(struct igvm_fixed_header),
		v1.size - sizeof(struct igvm_fixed_header));
	buffer_free(&v1);
	fixture_poke(file, AT(version), 2, 4);
	fixture_poke(file, AT(variable_header_offset), 32, 4);
	fixture_poke(file, AT(total_file_size), file->size, 4);
	fixture_seal(file);
}

static void cca_policy_is_checked(void **state)
{
	struct buffer file = {0};
	struct igvm_file parsed;
	struct tool_error error;
	uint64_t header;

	(void)state;
	make_cca(&file);
	if (!fixture_parse(&file, &parsed, &error))
		fail_msg("%s", error.text);
	assert_int_equal(parsed.architecture, IGVM_ARCH_AARCH64);
	fixture_close(&parsed);
	header = fixture_find(&file, IGVM_CCA_POLICY, 0);
	fixture_poke(&file, header + BODY + offsetof(struct igvm_cca_policy, reserved2), 1, 1);
	fixture_seal(&file);
	expect_error(&file, header, "CCA_POLICY has reserved bits", "reserved2");
	fixture_poke(&file,
		header + BODY + offsetof(struct igvm_cca_policy, attributes_required_zeroes), 3, 8);
	fixture_seal(&file);
	expect_error(&file, header, "both set and clear", "attributes");
	fixture_poke(&file,
		fixture_find(&file, IGVM_SUPPORTED_PLATFORM, 0) + BODY +
			offsetof(struct igvm_supported_platform, platform_type),
		IGVM_PLATFORM_VSM, 1);
	fixture_seal(&file);
	expect_error(&file, header, "not that of CCA", "platform");
	buffer_free(&file);
}

static void optional_headers(void **state)
{
	struct buffer file = {0};
	struct igvm_file parsed;
	struct tool_error error;
	uint64_t header;

	(void)state;
	fixture_rich(&file);
	header = fixture_find(&file, IGVM_PAGE_DATA, 0);
	fixture_poke(&file, header, IGVM_PAGE_DATA | 1U << 31, 4);
	fixture_seal(&file);
	assert_true(fixture_parse(&file, &parsed, &error));
	for (size_t i = 0; i < parsed.item_count; i++) {
		if (parsed.items[i].offset == header)
			assert_true(parsed.items[i].optional && parsed.items[i].info);
		else if (parsed.items[i].type == 0x3ff)
			assert_true(parsed.items[i].optional && !parsed.items[i].info);
		else
			assert_false(parsed.items[i].optional);
	}
	fixture_close(&parsed);
	/* An optional header that is known is checked like any other. */
	fixture_poke(&file, header + 4, 16, 4);
	fixture_seal(&file);
	expect_error(&file, header + 4, "PAGE_DATA has 16 bytes", "optional");
	buffer_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rich_file_is_good),
		cmocka_unit_test(vectors_are_good),
		cmocka_unit_test(version_2_fields_are_checked),
		cmocka_unit_test(every_damage_is_found),
		cmocka_unit_test(crc_is_the_common_one),
		cmocka_unit_test(any_changed_header_bit_breaks_the_checksum),
		cmocka_unit_test(every_shorter_file_is_refused),
		cmocka_unit_test(parameter_areas_and_overlaps),
		cmocka_unit_test(no_platform_is_an_error),
		cmocka_unit_test(platforms_share_addresses),
		cmocka_unit_test(vsm_registers_must_be_in_the_file),
		cmocka_unit_test(cca_policy_is_checked),
		cmocka_unit_test(optional_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
