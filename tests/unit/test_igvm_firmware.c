/* SPDX-License-Identifier: MIT */
/*
 * Firmware images: a small one with every table that OVMF has, one damage for
 * each check, and the images that the paravisor is tested with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "igvm_fixture.h"
#include "tools/igvm/build.h"
#include "tools/igvm/firmware.h"
#include "tools/igvm/measured_page.h"
#include "tools/igvm/report.h"

#define IMAGE_SIZE 0x10000U
#define BASE (0x100000000ULL - IMAGE_SIZE)
#define SEV_AT 0xf000U
#define IGVM_AT 0xf200U
#define SECTION_AT(at, n) ((at) + 16 + 12 * (n))
#define SECTION_COUNT(at) ((at) + 12)
/* Where the pieces of the GUIDed table lie; it ends at TABLE_END. */
#define TABLE_END (IMAGE_SIZE - 32)
#define FOOTER (TABLE_END - 18)
#define SEV_ENTRY (FOOTER - 22)
#define IGVM_ENTRY (SEV_ENTRY - 22)
#define OTHER_ENTRY (IGVM_ENTRY - 30)

static const uint8_t footer_guid[16] = {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, 0xba, 0xea,
	0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d};
static const uint8_t sev_guid[16] = {0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47, 0xa7, 0x5e,
	0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc};
static const uint8_t igvm_guid[16] = {0x6e, 0xa7, 0x4f, 0x78, 0x77, 0x31, 0x04, 0x46, 0x8a, 0x20,
	0x04, 0xb6, 0x86, 0x99, 0xe3, 0x74};

static uint8_t image[IMAGE_SIZE];
static struct firmware firmware;
static struct tool_error error;

static void put32(uint32_t at, uint32_t value)
{
	memcpy(image + at, &value, sizeof(value));
}

static void put16(uint32_t at, uint16_t value)
{
	memcpy(image + at, &value, sizeof(value));
}

static void put_section(uint32_t at, unsigned int n, uint32_t base, uint32_t size, uint32_t type)
{
	put32(SECTION_AT(at, n), base);
	put32(SECTION_AT(at, n) + 4, size);
	put32(SECTION_AT(at, n) + 8, type);
}

static void put_descriptor(uint32_t at, const char *signature, uint32_t count)
{
	memcpy(image + at, signature, 4);
	put32(at + 4, 16 + 12 * count);
	put32(at + 8, 1);
	put32(SECTION_COUNT(at), count);
}

static void put_entry(uint32_t at, uint32_t from_end, const uint8_t *guid)
{
	put32(at, from_end);
	put16(at + 4, 22);
	memcpy(image + at + 6, guid, 16);
}

/* Pages 0 and 14, 15 have content, 1 to 13 are all ones. */
static int setup(void **state)
{
	(void)state;
	memset(image, 0xff, sizeof(image));
	memset(image, 0x11, PAGE_SIZE);
	memset(image + SEV_AT - PAGE_SIZE, 0x22, 2 * PAGE_SIZE);
	memcpy(image + FOOTER + 2, footer_guid, 16);
	put16(FOOTER, TABLE_END - OTHER_ENTRY);
	put_entry(SEV_ENTRY, IMAGE_SIZE - SEV_AT, sev_guid);
	put_entry(IGVM_ENTRY, IMAGE_SIZE - IGVM_AT, igvm_guid);
	put16(OTHER_ENTRY + 12, 30);
	put_descriptor(SEV_AT, "ASEV", 6);
	put_section(SEV_AT, 0, 0x800000, 0x9000, 1);
	put_section(SEV_AT, 1, 0x80d000, 0x1000, 2);
	put_section(SEV_AT, 2, 0x80e000, 0x1000, 3);
	put_section(SEV_AT, 3, 0x80f000, 0x1000, 4);
	put_section(SEV_AT, 4, 0x810000, 0x1000, 0x10);
	put_section(SEV_AT, 5, 0x811000, 0x1f000, 1);
	put_descriptor(IGVM_AT, "IGVM", 4);
	put_section(IGVM_AT, 0, 0x812000, 0x1000, 0x100);
	put_section(IGVM_AT, 1, 0, 0xc0, 0x101);
	put_section(IGVM_AT, 2, 0xc0, 16, 0x102);
	put_section(IGVM_AT, 3, 0x813000, 0x1000, 0x200);
	return 0;
}

/* In a copy that ends where the image ends, so that ASan sees a read past it. */
static bool read_sized(size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, image + IMAGE_SIZE - size, size);
	ok = firmware_read(copy, size, &firmware, &error);
	free(copy);
	return ok;
}

static void refused(const char *why)
{
	if (read_sized(IMAGE_SIZE))
		fail_msg("taken, though: %s", why);
	if (!strstr(error.text, why))
		fail_msg("\"%s\" does not say: %s", error.text, why);
	setup(NULL);
}

static void the_areas_are_those_of_the_tables(void **state)
{
	static const struct launch_area expected[] = {
		{BASE, 0x1000, LAUNCH_AREA_IMAGE},
		{BASE + 0xe000, 0x2000, LAUNCH_AREA_IMAGE},
		{BASE + 0x1000, 0xd000, LAUNCH_AREA_ONES},
		{0x800000, 0x9000, LAUNCH_AREA_MEMORY},
		{0x811000, 0x1f000, LAUNCH_AREA_MEMORY},
		{0x80d000, 0x1000, LAUNCH_AREA_SECRETS},
		{0x80e000, 0x1000, LAUNCH_AREA_CPUID},
		{0x80f000, 0x1000, LAUNCH_AREA_CALLING_AREA},
		{0x812000, 0xc0, LAUNCH_AREA_MEMORY_MAP},
		{0x8120c0, 16, LAUNCH_AREA_VP_COUNT},
		{0x810000, 0x1000, LAUNCH_AREA_KERNEL_HASHES},
	};

	(void)state;
	if (!read_sized(IMAGE_SIZE))
		fail_msg("%s", error.text);
	assert_int_equal(firmware.base, BASE);
	assert_int_equal(firmware.map.version, LAUNCH_FIRMWARE_VERSION);
	assert_int_equal(firmware.map.count, ARRAY_SIZE(expected));
	assert_memory_equal(firmware.map.areas, expected, sizeof(expected));
	assert_int_equal(firmware_map_pages(&firmware.map, LAUNCH_AREA_IMAGE), 3);
	assert_int_equal(firmware_map_pages(&firmware.map, LAUNCH_AREA_ONES), 13);
	assert_true(firmware_map_imports(&firmware.map, BASE));
	assert_false(firmware_map_imports(&firmware.map, BASE + 0x1000));
	assert_true(firmware_map_imports(&firmware.map, BASE + 0xf000));
}

static void a_firmware_without_igvm_metadata_is_taken(void **state)
{
	(void)state;
	memset(image + IGVM_ENTRY + 6, 0, 16);
	assert_true(read_sized(IMAGE_SIZE));
	assert_int_equal(firmware.map.count, 9);
}

static void few_pages_of_ones_are_imported(void **state)
{
	(void)state;
	memset(image + 0x4000, 0x33, 0x9000); /* leaves three of them, at 0x1000 */
	assert_true(read_sized(IMAGE_SIZE));
	assert_int_equal(firmware_map_pages(&firmware.map, LAUNCH_AREA_ONES), 0);
	assert_int_equal(firmware_map_pages(&firmware.map, LAUNCH_AREA_IMAGE), 16);
}

static void parameters_outside_memory_get_memory(void **state)
{
	(void)state;
	put32(SECTION_AT(IGVM_AT, 0), 0x900000);
	assert_true(read_sized(IMAGE_SIZE));
	assert_int_equal(firmware.map.areas[5].type, LAUNCH_AREA_MEMORY);
	assert_int_equal(firmware.map.areas[5].base, 0x900000);
	assert_int_equal(firmware.map.areas[9].base, 0x900000);
}

static void unknown_igvm_sections_are_offers(void **state)
{
	(void)state;
	put32(SECTION_AT(IGVM_AT, 3) + 8, 0x777);
	assert_true(read_sized(IMAGE_SIZE));
}

static void sizes_that_no_firmware_has_are_refused(void **state)
{
	uint8_t *large = calloc(1, (16 * MIB) + PAGE_SIZE);

	(void)state;
	assert_non_null(large);
	assert_false(read_sized(0));
	assert_false(read_sized(1));
	assert_false(read_sized(PAGE_SIZE + 1));
	assert_non_null(strstr(error.text, "whole pages"));
	assert_false(firmware_read(large, 16 * MIB + PAGE_SIZE, &firmware, &error));
	assert_non_null(strstr(error.text, "at most 16 MiB"));
	assert_false(firmware_read(large, 16 * MIB, &firmware, &error));
	free(large);
}

/* Many short runs of ones, each of which is filled. */
static void an_image_in_too_many_pieces_is_refused(void **state)
{
	const size_t size = MIB * 2;
	uint8_t *large = malloc(size);

	(void)state;
	assert_non_null(large);
	memset(large, 0xff, size);
	for (size_t at = 0; at < size - IMAGE_SIZE; at += 5 * PAGE_SIZE)
		large[at] = 0;
	memcpy(large + size - IMAGE_SIZE, image, IMAGE_SIZE);
	assert_false(firmware_read(large, size, &firmware, &error));
	assert_non_null(strstr(error.text, "more than 128 areas"));
	free(large);
}

/* The table ends in the last page: a shorter image has it, but not what it leads to. */
static void tables_outside_the_image_are_refused(void **state)
{
	(void)state;
	put32(SEV_ENTRY, 2 * PAGE_SIZE);
	memset(image + IGVM_ENTRY + 6, 0, 16);
	assert_false(read_sized(PAGE_SIZE));
	assert_non_null(strstr(error.text, "is not in the image"));
}

static void bad_guided_tables_are_refused(void **state)
{
	(void)state;
	image[FOOTER + 2] ^= 1;
	refused("no GUIDed table");
	put16(FOOTER, 17);
	refused("is not in the image");
	put16(FOOTER, 0xffff);
	refused("is not in the image");
	put16(FOOTER, TABLE_END - OTHER_ENTRY - 1);
	refused("where 29 are left");
	put16(FOOTER, TABLE_END - OTHER_ENTRY + 1);
	refused("begins inside an entry");
	put16(SEV_ENTRY + 4, 17);
	refused("table entry of 17 bytes");
	put16(SEV_ENTRY + 4, 400);
	refused("table entry of 400 bytes");
	put16(SEV_ENTRY + 4, 44); /* takes the other's place */
	refused("has 26 bytes instead of 4");
	memcpy(image + IGVM_ENTRY + 6, sev_guid, 16);
	refused("second entry for descriptor");
}

static void bad_descriptors_are_refused(void **state)
{
	(void)state;
	put32(SEV_ENTRY, 15);
	refused("is not in the image");
	put32(SEV_ENTRY, IMAGE_SIZE + 1);
	refused("is not in the image");
	put32(SEV_ENTRY, IMAGE_SIZE - SEV_AT + 4);
	refused("no descriptor \"ASEV\"");
	put32(SEV_AT + 8, 2);
	refused("unknown version 2");
	put32(SECTION_COUNT(SEV_AT), 33);
	refused("33 sections");
	put32(SECTION_COUNT(SEV_AT), 5);
	refused("does not fit its 5 sections");
	put32(SEV_AT + 4, 0);
	refused("does not fit its 6 sections");
	put_descriptor(IMAGE_SIZE - 20, "ASEV", 6);
	put32(SEV_ENTRY, 20);
	refused("ends past the end");
}

static void bad_sev_sections_are_refused(void **state)
{
	(void)state;
	put32(SECTION_AT(SEV_AT, 0), 0x800800);
	refused("no number of whole pages");
	put32(SECTION_AT(SEV_AT, 0) + 4, 0x9001);
	refused("no number of whole pages");
	put32(SECTION_AT(SEV_AT, 0) + 4, 0);
	refused("no number of whole pages");
	put32(SECTION_AT(SEV_AT, 0) + 4, 0xffff0000);
	refused("reaches into the firmware");
	put32(SECTION_AT(SEV_AT, 0), (uint32_t)BASE);
	refused("reaches into the firmware");
	put32(SECTION_AT(SEV_AT, 0) + 8, 5);
	refused("type 0x5, which asks for something unknown");
	put32(SECTION_AT(SEV_AT, 1) + 4, 0x2000);
	refused("instead of a page");
	put32(SECTION_AT(SEV_AT, 4) + 8, 3);
	refused("second section of type 0x3");
	put32(SECTION_AT(SEV_AT, 5), 0x80f000);
	refused("which overlap");
	put32(SECTION_AT(SEV_AT, 1) + 8, 1);
	refused("no support for SEV-SNP");
	put32(SECTION_AT(SEV_AT, 2) + 8, 1);
	refused("no support for SEV-SNP");
	put32(SECTION_AT(SEV_AT, 3) + 8, 1);
	refused("no SVSM calling area");
	memset(image + SEV_ENTRY + 6, 0, 16);
	refused("no support for SEV-SNP");
}

static void bad_igvm_sections_are_refused(void **state)
{
	(void)state;
	put32(SECTION_AT(IGVM_AT, 0) + 8, 0x300);
	refused("without a parameter area");
	put32(SECTION_AT(IGVM_AT, 0), 0x812800);
	refused("no number of whole pages");
	put32(SECTION_AT(IGVM_AT, 0), 0x80d000);
	refused("which overlap");
	put32(SECTION_AT(IGVM_AT, 3), 0x80f000);
	refused("which overlap");
	put32(SECTION_AT(IGVM_AT, 1), 0x1008);
	refused("does not fit the parameter area");
	put32(SECTION_AT(IGVM_AT, 1) + 4, 0x1001);
	refused("does not fit the parameter area");
	put32(SECTION_AT(IGVM_AT, 1), 4);
	refused("does not fit the parameter area");
	put32(SECTION_AT(IGVM_AT, 1) + 4, 47);
	refused("does not fit the parameter area");
	put32(SECTION_AT(IGVM_AT, 2) + 4, 3);
	refused("does not fit the parameter area");
	put32(SECTION_AT(IGVM_AT, 2), 0xb0);
	refused("which overlap");
	put_section(IGVM_AT, 3, 0x100, 0xc0, 0x101);
	refused("second section of type 0x101");
}

/* Any one byte of the tables changed: refused or taken, but never read past. */
static void every_damaged_byte_is_survived(void **state)
{
	(void)state;
	for (uint32_t at = SEV_AT; at < IMAGE_SIZE; at++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			image[at] ^= (uint8_t)(1U << bit);
			(void)read_sized(IMAGE_SIZE);
			image[at] ^= (uint8_t)(1U << bit);
		}
	}
}

/* Builds an image that starts @image; the result is the caller's, also of a refusal. */
static bool build(struct buffer *out)
{
	struct build_options options = {
		.policy = BUILD_DEFAULT_POLICY, .append = "", .firmware = &firmware};
	struct fixture_elf elf;
	struct blob blob;
	bool built;

	assert_true(firmware_read(image, IMAGE_SIZE, &firmware, &error));
	fixture_elf(&elf);
	blob = (struct blob){elf.file.bytes, elf.file.size};
	built = igvm_build(&blob, &options, out, &error);
	buffer_free(&elf.file);
	return built;
}

/* Its pages, the memory it needs, and the map in the measured page. */
static void it_is_built_into_an_image(void **state)
{
	const struct igvm_required_memory *memory;
	struct launch_measured measured;
	struct buffer out = {0};
	struct igvm_file parsed;
	size_t pages = 0;

	(void)state;
	if (!build(&out) || !fixture_parse(&out, &parsed, &error))
		fail_msg("%s", error.text);
	memory = (const void *)(out.bytes + fixture_find(&out, IGVM_REQUIRED_MEMORY, 1) +
				sizeof(struct igvm_variable_header));
	assert_int_equal(memory->gpa, BASE);
	assert_int_equal(memory->number_of_bytes, IMAGE_SIZE);
	for (size_t i = 0; i < parsed.item_count; i++)
		pages += parsed.items[i].type == IGVM_PAGE_DATA;
	assert_int_equal(pages, 8 + 3);
	assert_true(measured_page_find(&parsed, &measured));
	assert_memory_equal(&measured.firmware, &firmware.map, sizeof(firmware.map));
	fixture_close(&parsed);
	buffer_free(&out);
}

/* Whether a map is found in the built image after one of its bytes has changed. */
static bool found_with(size_t byte, uint8_t value)
{
	const size_t head = offsetof(struct launch_firmware, areas) + sizeof(struct launch_area);
	struct launch_measured measured;
	struct buffer out = {0};
	struct igvm_file parsed;
	uint8_t *place;
	bool found;

	assert_true(build(&out));
	place = memmem(out.bytes, out.size, &firmware.map, head);
	assert_non_null(place);
	place[byte] = value;
	assert_true(fixture_parse(&out, &parsed, &error));
	found = measured_page_find(&parsed, &measured);
	fixture_close(&parsed);
	buffer_free(&out);
	return found;
}

static void a_page_of_another_form_is_no_map(void **state)
{
	const size_t area = offsetof(struct launch_firmware, areas);

	(void)state;
	assert_true(found_with(0, LAUNCH_FIRMWARE_VERSION));
	assert_false(found_with(0, LAUNCH_FIRMWARE_VERSION + 1));
	assert_false(found_with(4, 0));
	assert_false(found_with(4, LAUNCH_AREAS_MAX + 1));
	assert_false(found_with(area + offsetof(struct launch_area, base) + 4, 1));
	assert_false(found_with(area + offsetof(struct launch_area, size) + 3, 1));
	assert_false(found_with(area + offsetof(struct launch_area, type), 0));
	assert_false(found_with(area + offsetof(struct launch_area, type), 99));
}

static void assert_line(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

static void assert_number(const json_t *json, const char *name, json_int_t value)
{
	assert_int_equal(json_integer_value(json_object_get(json, name)), value);
}

/* Of the fixture: five pages with contents, the measured one, and the vCPU's. */
static void what_it_adds_is_told_apart(void **state)
{
	struct buffer out = {0};
	struct igvm_file parsed;
	struct report report;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	json_t *json;

	(void)state;
	assert_non_null(stream);
	if (!build(&out) || !fixture_parse(&out, &parsed, &error) ||
		!report_make(&parsed, "an.igvm", &report, &error))
		fail_msg("%s", error.text);
	report_text(&report, stream);
	fclose(stream);
	assert_line(text, "\n  paravisor              7 measured pages, with the first vCPU's\n");
	assert_line(text, "\n  firmware               3 measured pages\n");
	assert_line(text, "\n  filled at launch      13 pages of the firmware, by the paravisor\n");
	assert_line(text, "\n  SEC memory           36 KiB at 0x800000\n");
	assert_line(text, "\n  secrets page          4 KiB at 0x80d000\n");
	assert_line(text, "\n  kernel hashes         4 KiB at 0x810000\n");
	assert_line(text, "\n  memory map            192 B at 0x812000\n");
	assert_line(text, "\n  measured pages        10 of them");
	json = report_firmware_json(&report);
	assert_number(json, "paravisor_measured_pages", 7);
	assert_number(json, "measured_pages", 3);
	assert_number(json, "filled_pages", 13);
	assert_int_equal(json_array_size(json_object_get(json, "areas")), report.firmware.count);
	json_decref(json);
	free(text);
	report_free(&report);
	fixture_close(&parsed);
	buffer_free(&out);
}

static void memory_of_the_image_itself_is_refused(void **state)
{
	struct buffer out = {0};

	(void)state;
	put32(SECTION_AT(SEV_AT, 0), FIXTURE_TEXT + 0x2000);
	assert_false(build(&out));
	assert_non_null(strstr(error.text, "overlaps the image's region"));
	buffer_free(&out);
}

/* Debian's: the tests of the paravisor start it. */
static void debians_firmware_is_taken(void **state)
{
	FILE *in = fopen(OVMF_IMAGE, "rb");
	uint8_t *bytes = malloc(4 * MIB);
	size_t size;

	(void)state;
	if (!in)
		fail_msg("%s is missing; run: scripts/deps", OVMF_IMAGE);
	assert_non_null(bytes);
	size = fread(bytes, 1, 4 * MIB, in);
	fclose(in);
	if (!firmware_read(bytes, size, &firmware, &error))
		fail_msg("%s", error.text);
	assert_true(firmware_map_pages(&firmware.map, LAUNCH_AREA_ONES) > 256);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_areas_are_those_of_the_tables, setup),
		cmocka_unit_test_setup(a_firmware_without_igvm_metadata_is_taken, setup),
		cmocka_unit_test_setup(few_pages_of_ones_are_imported, setup),
		cmocka_unit_test_setup(parameters_outside_memory_get_memory, setup),
		cmocka_unit_test_setup(unknown_igvm_sections_are_offers, setup),
		cmocka_unit_test_setup(sizes_that_no_firmware_has_are_refused, setup),
		cmocka_unit_test_setup(an_image_in_too_many_pieces_is_refused, setup),
		cmocka_unit_test_setup(tables_outside_the_image_are_refused, setup),
		cmocka_unit_test_setup(bad_guided_tables_are_refused, setup),
		cmocka_unit_test_setup(bad_descriptors_are_refused, setup),
		cmocka_unit_test_setup(bad_sev_sections_are_refused, setup),
		cmocka_unit_test_setup(bad_igvm_sections_are_refused, setup),
		cmocka_unit_test_setup(every_damaged_byte_is_survived, setup),
		cmocka_unit_test_setup(it_is_built_into_an_image, setup),
		cmocka_unit_test_setup(a_page_of_another_form_is_no_map, setup),
		cmocka_unit_test_setup(what_it_adds_is_told_apart, setup),
		cmocka_unit_test_setup(memory_of_the_image_itself_is_refused, setup),
		cmocka_unit_test_setup(debians_firmware_is_taken, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
