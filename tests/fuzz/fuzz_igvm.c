/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for everything that nacre-igvm does with a file from
 * outside: parse, walk the launch, measure, report, edit. The checksum is made
 * right first, since no fuzzer guesses one; an input that begins with the ELF
 * magic goes to the builder instead.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/igvm/build.h"
#include "tools/igvm/edit.h"
#include "tools/common/hash.h"
#include "tools/igvm/measure.h"
#include "tools/igvm/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *null_file(void)
{
	static FILE *file;

	if (!file)
		file = fopen("/dev/null", "w");
	if (!file)
		abort();
	return file;
}

/* Enough updates to measure; a file can ask for millions. */
#define UPDATES_MAX 64

struct limited {
	struct snp_digest digest;
	size_t updates;
};

static bool measure_some(void *context, const struct launch_page *page)
{
	struct limited *limited = context;

	snp_digest_page(&limited->digest, page);
	return ++limited->updates < UPDATES_MAX;
}

static void use_file(const struct igvm_file *file)
{
	const struct launch_options orders[] = {
		{LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE}, {LAUNCH_ORDER_FILE, 2}};
	struct tool_error error;
	struct report report;

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct limited limited = {{{0}}, 0};

		/* Ends early by UPDATES_MAX or with an error; both are fine here. */
		(void)!launch_walk(file, &orders[i], measure_some, &limited, &error);
	}
	if (!report_make(file, "fuzzed", &report, &error))
		abort();
	report_text(&report, null_file());
	json_decref(report_json(&report));
	report_free(&report);
}

/* With a header more, the file still is one. */
static void edit_file(const struct igvm_file *file)
{
	const struct igvm_snp_id_block block = {
		.compatibility_mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP)};
	struct buffer out = {0};
	struct tool_error error;
	struct igvm_file edited;
	struct edit edit;

	if (!block.compatibility_mask)
		return;
	edit_begin(&edit, file);
	for (size_t i = 0; i < file->item_count; i++)
		edit_keep(&edit, &file->items[i]);
	edit_add(&edit, IGVM_SNP_ID_BLOCK, &block, sizeof(block));
	if (edit_finish(&edit, &out, &error)) {
		if (!igvm_parse(out.bytes, out.size, &edited, &error)) {
			fprintf(stderr, "%s\n", error.text);
			abort();
		}
		igvm_free(&edited);
	}
	buffer_free(&out);
}

static void seal(uint8_t *bytes, size_t size)
{
	const size_t at = offsetof(struct igvm_fixed_header, checksum);
	struct igvm_fixed_header fixed;
	size_t fixed_size = sizeof(fixed);
	uint32_t crc;

	if (size < sizeof(fixed) + sizeof(struct igvm_fixed_header_v2_tail))
		return;
	fixed_size += bytes[4] == 2 ? sizeof(struct igvm_fixed_header_v2_tail) : 0;
	memset(bytes + at, 0, sizeof(crc));
	memcpy(bytes + offsetof(struct igvm_fixed_header, total_file_size), &(uint32_t){size}, 4);
	memcpy(&fixed, bytes, sizeof(fixed));
	if (fixed.variable_header_offset > size ||
		fixed.variable_header_size > size - fixed.variable_header_offset)
		return;
	crc = crc32_update(0, bytes, fixed_size);
	crc = crc32_update(crc, bytes + fixed.variable_header_offset, fixed.variable_header_size);
	memcpy(bytes + at, &crc, sizeof(crc));
}

static void fuzz_igvm(uint8_t *bytes, size_t size)
{
	struct tool_error error;
	struct igvm_file file;

	seal(bytes, size);
	if (!igvm_parse(bytes, size, &file, &error))
		return;
	use_file(&file);
	edit_file(&file);
	igvm_free(&file);
}

/* What the builder makes of any ELF file, the parser must take. */
static void fuzz_elf(const uint8_t *bytes, size_t size)
{
	const struct build_options options = {
		.policy = BUILD_DEFAULT_POLICY, .mode = BUILD_KERNEL_UNCHECKED};
	const struct blob elf = {bytes, size};
	struct buffer image = {0};
	struct tool_error error;
	struct igvm_file file;

	if (igvm_build(&elf, &options, &image, &error)) {
		if (!igvm_parse(image.bytes, image.size, &file, &error))
			abort();
		igvm_free(&file);
	}
	buffer_free(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	if (size > SELFMAG && !memcmp(copy, ELFMAG, SELFMAG))
		fuzz_elf(copy, size);
	else
		fuzz_igvm(copy, size);
	free(copy);
	return 0;
}
