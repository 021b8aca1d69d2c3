/* SPDX-License-Identifier: MIT */
/*
 * The record of build inputs at the end of an IGVM file: what the builder
 * writes, what the inspector tells of it, and every way in which it can be
 * damaged or lie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "igvm_fixture.h"
#include "tools/igvm/build.h"
#include "tools/igvm/measure.h"
#include "tools/igvm/qemu.h"
#include "tools/igvm/report.h"

#define D16 "0123456789abcdef"
#define DIGEST D16 D16 D16 D16
#define RECORD "nacre 0.1 " DIGEST "\ncpp-12/cc1 12.2~deb12u1 " DIGEST "\n"

/* An image of the fixture's ELF file with this record; NULL for none. */
static void build_with(const char *record, struct buffer *image)
{
	struct build_options options = {
		.policy = BUILD_DEFAULT_POLICY, .mode = BUILD_KERNEL_UNCHECKED};
	struct fixture_elf elf;
	struct tool_error error;

	if (record)
		options.inputs = (struct blob){(const uint8_t *)record, strlen(record)};
	fixture_elf(&elf);
	if (!igvm_build(&(struct blob){elf.file.bytes, elf.file.size}, &options, image, &error))
		fail_msg("%s", error.text);
	buffer_free(&elf.file);
}

/* What inspecting @image as text and as JSON gives; both are the caller's. */
static void inspect(const struct buffer *image, char **text, json_t **json)
{
	struct tool_error error;
	struct igvm_file parsed;
	struct report report;
	size_t size;
	FILE *out = open_memstream(text, &size);

	assert_non_null(out);
	if (!fixture_parse(image, &parsed, &error))
		fail_msg("%s", error.text);
	assert_true(report_make(&parsed, "some.igvm", &report, &error));
	report_text(&report, out);
	*json = report_json(&report);
	report_free(&report);
	fixture_close(&parsed);
	fclose(out);
}

static void assert_text(const struct buffer *image, const char *what)
{
	json_t *json;
	char *text;

	inspect(image, &text, &json);
	if (!strstr(text, what))
		fail_msg("\"%s\" is not in:\n%s", what, text);
	json_decref(json);
	free(text);
}

static void built_record_is_shown(void **state)
{
	struct buffer image = {0};
	json_t *json, *line;
	char *text;

	(void)state;
	build_with(RECORD, &image);
	inspect(&image, &text, &json);
	assert_non_null(strstr(text, "\n  nacre       0.1           " DIGEST "\n"));
	assert_non_null(strstr(text, "\n  cpp-12/cc1  12.2~deb12u1  " DIGEST "\n"));
	assert_int_equal(json_array_size(json_object_get(json, "build_inputs")), 2);
	line = json_array_get(json_object_get(json, "build_inputs"), 1);
	assert_string_equal(json_string_value(json_object_get(line, "name")), "cpp-12/cc1");
	assert_string_equal(json_string_value(json_object_get(line, "version")), "12.2~deb12u1");
	assert_string_equal(json_string_value(json_object_get(line, "sha256")), DIGEST);
	json_decref(json);
	free(text);
	buffer_free(&image);
}

static void file_without_record_says_so(void **state)
{
	struct buffer image = {0};
	char *text;
	json_t *json;

	(void)state;
	build_with(NULL, &image);
	inspect(&image, &text, &json);
	assert_non_null(strstr(text, "none recorded"));
	assert_int_equal(json_array_size(json_object_get(json, "build_inputs")), 0);
	assert_null(json_object_get(json, "build_inputs_error"));
	json_decref(json);
	free(text);
	buffer_free(&image);
}

static struct snp_digest digest_of(const struct buffer *image)
{
	const struct launch_options options = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE};
	struct snp_digest digest = {{0}};
	struct tool_error error;
	struct igvm_file parsed;

	assert_true(fixture_parse(image, &parsed, &error));
	assert_true(igvm_measure(&parsed, &options, &digest, &error));
	assert_int_equal(qemu_check(&parsed, NULL, NULL), 0);
	fixture_close(&parsed);
	return digest;
}

static void record_is_behind_all_else_and_not_measured(void **state)
{
	struct buffer with = {0}, without = {0};
	struct snp_digest digest_with, digest_without;

	(void)state;
	build_with(RECORD, &with);
	build_with(NULL, &without);
	digest_with = digest_of(&with);
	digest_without = digest_of(&without);
	assert_memory_equal(&digest_with, &digest_without, sizeof(digest_with));
	assert_int_equal(
		with.size, without.size + strlen(RECORD) + sizeof(struct build_inputs_trailer));
	/* All but total size and checksum of the header. */
	assert_memory_equal(with.bytes, without.bytes, 16);
	assert_memory_equal(with.bytes + 24, without.bytes + 24, without.size - 24);
	buffer_free(&with);
	buffer_free(&without);
}

static void wrong_lines_are_refused(void **state)
{
	static const struct {
		const char *text;
		unsigned int offset;
	} cases[] = {
		{"", 0},
		{"\n", 0},
		{"a 1 " DIGEST, 0},
		{"a 1 " DIGEST "0\n", 0},
		{"a 1 " D16 D16 D16 "0123456789abcde\n", 0},
		{"a 1 " D16 D16 D16 "0123456789ABCDEF\n", 0},
		{"a 1 " D16 D16 D16 "0123456789abcdeg\n", 0},
		{"a 1\n", 0},
		{"a " DIGEST "\n", 0},
		{" 1 " DIGEST "\n", 0},
		{"a  " DIGEST "\n", 0},
		{"a 1 " DIGEST " \n", 0},
		{"\x1b[2J 1 " DIGEST "\n", 0},
		{"a \x7f " DIGEST "\n", 0},
		{"a \xc3\xa4 " DIGEST "\n", 0},
		{"a 1 " DIGEST "\n\n", 69},
		{"a 1 " DIGEST "\nb 1\n", 69},
		{"a 1 " DIGEST "\r\n", 0},
	};
	struct tool_error error;

	(void)state;
	assert_true(inputs_check(RECORD, strlen(RECORD), &error));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (inputs_check(cases[i].text, strlen(cases[i].text), &error))
			fail_msg("case %zu is taken", i);
		assert_int_equal(error.offset, cases[i].offset);
	}
	assert_false(inputs_check("a\0b 1 " DIGEST "\n", 71, &error));
}

/* A line whose name has @size characters. */
static bool name_is_taken(size_t size)
{
	char line[BUILD_INPUTS_WORD_MAX + 80];
	struct tool_error error;

	memset(line, 'n', size);
	snprintf(line + size, sizeof(line) - size, " 1 " DIGEST "\n");
	return inputs_check(line, strlen(line), &error);
}

static void long_words_and_texts_are_refused(void **state)
{
	const char line[] = "a 1 " DIGEST "\n";
	size_t size = strlen(line), lines = BUILD_INPUTS_TEXT_MAX / size + 1;
	char *text = malloc(lines * size + 1);
	struct tool_error error;

	(void)state;
	assert_true(name_is_taken(BUILD_INPUTS_WORD_MAX));
	assert_false(name_is_taken(BUILD_INPUTS_WORD_MAX + 1));
	assert_non_null(text);
	for (size_t i = 0; i < lines; i++)
		memcpy(text + i * size, line, size + 1);
	assert_true(inputs_check(text, (lines - 1) * size, &error));
	assert_false(inputs_check(text, lines * size, &error));
	free(text);
}

/* Puts @value into @size bytes of the trailer's field at @field and inspects. */
static void with_trailer_field(size_t field, uint64_t value, size_t size, const char *what)
{
	struct buffer image = {0};

	build_with(RECORD, &image);
	fixture_poke(&image, image.size - sizeof(struct build_inputs_trailer) + field, value, size);
	assert_text(&image, what);
	buffer_free(&image);
}

static void lying_trailers_are_told(void **state)
{
	const size_t size_at = offsetof(struct build_inputs_trailer, text_size);

	(void)state;
	with_trailer_field(offsetof(struct build_inputs_trailer, magic), 'X', 1, "none recorded");
	with_trailer_field(offsetof(struct build_inputs_trailer, version), 2, 4, "has version 2");
	with_trailer_field(size_at, UINT32_MAX, 4, "starts before the file data");
	with_trailer_field(size_at, 0, 4, "does not have its SHA-256");
	with_trailer_field(size_at, strlen(RECORD) - 1, 4, "does not have its SHA-256");
	with_trailer_field(0, 0, 8, "does not have its SHA-256");
}

/* With the SHA-256 made right, so that the text is what is at fault. */
static void text_with_its_digest_is_still_checked(void **state)
{
	struct build_inputs_trailer trailer;
	struct buffer image = {0};
	char *record, *text;
	json_t *json;

	(void)state;
	build_with(RECORD, &image);
	record = (char *)image.bytes + image.size - sizeof(trailer) - strlen(RECORD);
	record[2] = '\x1b';
	trailer = inputs_trailer(record, strlen(RECORD));
	memcpy(record + strlen(RECORD), &trailer, sizeof(trailer));
	inspect(&image, &text, &json);
	assert_non_null(strstr(text, "damaged: offset 0x"));
	assert_non_null(strstr(text, "not a line"));
	assert_null(strchr(text, '\x1b'));
	assert_true(json_is_null(json_object_get(json, "build_inputs")));
	assert_non_null(json_object_get(json, "build_inputs_error"));
	json_decref(json);
	free(text);
	buffer_free(&image);
}

/* ASan watches that nothing reads outside the file. */
static void every_changed_byte_is_noticed_or_harmless(void **state)
{
	const size_t magic_size = sizeof(((struct build_inputs_trailer *)0)->magic);
	struct buffer image = {0};
	size_t start;

	(void)state;
	build_with(RECORD, &image);
	start = image.size - sizeof(struct build_inputs_trailer) - strlen(RECORD);
	for (size_t at = start; at < image.size; at++) {
		image.bytes[at] ^= 0x81;
		assert_text(&image,
			at < image.size - magic_size ? "damaged: offset 0x" : "none recorded");
		image.bytes[at] ^= 0x81;
	}
	buffer_free(&image);
}

static void file_of_less_data_than_a_trailer_has_none(void **state)
{
	struct igvm_file file = {.bytes = (const uint8_t *)BUILD_INPUTS_MAGIC, .size = 8};
	struct tool_error error;
	struct inputs inputs;

	(void)state;
	assert_true(inputs_find(&file, &inputs, &error));
	assert_int_equal(inputs.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_record_is_shown),
		cmocka_unit_test(file_without_record_says_so),
		cmocka_unit_test(record_is_behind_all_else_and_not_measured),
		cmocka_unit_test(wrong_lines_are_refused),
		cmocka_unit_test(long_words_and_texts_are_refused),
		cmocka_unit_test(lying_trailers_are_told),
		cmocka_unit_test(text_with_its_digest_is_still_checked),
		cmocka_unit_test(every_changed_byte_is_noticed_or_harmless),
		cmocka_unit_test(file_of_less_data_than_a_trailer_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
