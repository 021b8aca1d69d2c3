/* SPDX-License-Identifier: MIT */
/*
 * Deterministic mutation: every byte of the headers of known files is changed
 * in several ways, with the checksum made right again. Whatever the parser
 * then says, neither it nor what uses its result may step outside the file
 * (ASan and UBSan watch). The same for the builder and its ELF file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "igvm_fixture.h"
#include "tools/igvm/build.h"
#include "tools/igvm/measure.h"
#include "tools/igvm/report.h"

static const uint8_t flips[] = {0x01, 0x02, 0x10, 0x80, 0xff};

struct outcome {
	size_t good, bad;
};

static bool count_page(void *context, const struct launch_page *page)
{
	size_t *count = context;

	/* Touch the last byte; hashing each page would take minutes. */
	*count += page->data ? page->data[PAGE_SIZE - 1] & 1 : 0;
	return true;
}

/* Everything that nacre-igvm does with a parsed file. */
static void use_file(const struct igvm_file *parsed, FILE *null)
{
	const struct launch_options orders[] = {
		{LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE}, {LAUNCH_ORDER_FILE, 2}};
	struct tool_error error;
	struct report report;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		if (!launch_walk(parsed, &orders[i], count_page, &count, &error))
			assert_true(strlen(error.text) > 0);
	}
	assert_true(report_make(parsed, "mutated", &report, &error));
	report_text(&report, null);
	json_decref(report_json(&report));
	report_free(&report);
}

static void try_file(const struct buffer *file, struct outcome *outcome, FILE *null)
{
	struct tool_error error = {0};
	struct igvm_file parsed;

	if (fixture_parse(file, &parsed, &error)) {
		use_file(&parsed, null);
		fixture_close(&parsed);
		outcome->good++;
	} else {
		assert_true(strlen(error.text) > 0);
		assert_true(error.has_offset);
		assert_true(error.offset < file->size);
		outcome->bad++;
	}
}

static void mutate_headers(struct buffer *file, struct outcome *outcome)
{
	FILE *null = fopen("/dev/null", "w");
	struct igvm_fixed_header fixed;
	size_t end;

	assert_non_null(null);
	memcpy(&fixed, file->bytes, sizeof(fixed));
	end = fixed.variable_header_offset + fixed.variable_header_size;
	for (size_t i = 0; i < end * ARRAY_SIZE(flips); i++) {
		uint8_t *byte = &file->bytes[i / ARRAY_SIZE(flips)];
		uint8_t before = *byte;

		*byte ^= flips[i % ARRAY_SIZE(flips)];
		fixture_seal(file);
		try_file(file, outcome, null);
		file->bytes[i / ARRAY_SIZE(flips)] = before;
	}
	fclose(null);
}

static void vectors_survive(void **state)
{
	static const char *const names[] = {"min_v1.igvm", "min_v2.igvm"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct outcome outcome = {0};
		struct buffer file = {0};

		fixture_vector(names[i], &file);
		mutate_headers(&file, &outcome);
		/* Both kinds must occur, or the mutations test nothing. */
		assert_true(outcome.good > 100 && outcome.bad > 100);
		buffer_free(&file);
	}
}

static void every_header_type_survives(void **state)
{
	struct outcome outcome = {0};
	struct buffer file = {0};

	(void)state;
	fixture_rich(&file);
	mutate_headers(&file, &outcome);
	assert_true(outcome.good > 1000 && outcome.bad > 1000);
	buffer_free(&file);
}

static void build_mutated(const struct fixture_elf *elf, uint8_t *copy, struct outcome *outcome)
{
	const struct build_options options = {
		.policy = BUILD_DEFAULT_POLICY, .mode = BUILD_KERNEL_UNCHECKED};
	const struct blob blob = {copy, elf->file.size};
	struct buffer image = {0};
	struct tool_error error = {0};
	struct igvm_file parsed;

	memcpy(copy, elf->file.bytes, elf->file.size);
	if (igvm_build(&blob, &options, &image, &error)) {
		/* What the builder makes, the parser takes. */
		if (!igvm_parse(image.bytes, image.size, &parsed, &error))
			fail_msg("%s", error.text);
		igvm_free(&parsed);
		outcome->good++;
	} else {
		assert_true(strlen(error.text) > 0);
		outcome->bad++;
	}
	buffer_free(&image);
}

static void mutate_range(struct fixture_elf *elf, size_t from, size_t to, struct outcome *outcome)
{
	uint8_t *copy = malloc(elf->file.size);

	assert_non_null(copy);
	for (size_t i = from * ARRAY_SIZE(flips); i < to * ARRAY_SIZE(flips); i++) {
		uint8_t *byte = &elf->file.bytes[i / ARRAY_SIZE(flips)];
		uint8_t before = *byte;

		*byte ^= flips[i % ARRAY_SIZE(flips)];
		build_mutated(elf, copy, outcome);
		*byte = before;
	}
	free(copy);
}

static void elf_files_survive(void **state)
{
	struct outcome outcome = {0};
	struct fixture_elf elf;

	(void)state;
	fixture_elf(&elf);
	mutate_range(&elf, 0, elf.note_header + 56, &outcome);
	mutate_range(&elf, elf.note - 64, elf.file.size, &outcome);
	assert_true(outcome.good > 100 && outcome.bad > 100);
	buffer_free(&elf.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_survive),
		cmocka_unit_test(every_header_type_survives),
		cmocka_unit_test(elf_files_survive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
