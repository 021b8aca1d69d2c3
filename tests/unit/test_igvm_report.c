/* SPDX-License-Identifier: MIT */
/*
 * What `nacre-igvm inspect` tells of a file, as text and as JSON, and the
 * remarks on what QEMU and KVM would refuse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "igvm_fixture.h"
#include "snp.h"
#include "tools/igvm/report.h"

/* Parses @file and makes a report of it; end with close_report(). */
static void open_report(const struct buffer *file, struct igvm_file *parsed, struct report *report)
{
	struct tool_error error;

	if (!fixture_parse(file, parsed, &error))
		fail_msg("%s", error.text);
	if (!report_make(parsed, "some.igvm", report, &error))
		fail_msg("%s", error.text);
}

static void close_report(struct igvm_file *parsed, struct report *report)
{
	report_free(report);
	fixture_close(parsed);
}

static char *text_of(const struct buffer *file)
{
	struct igvm_file parsed;
	struct report report;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	open_report(file, &parsed, &report);
	report_text(&report, out);
	close_report(&parsed, &report);
	fclose(out);
	return text;
}

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("the report does not say \"%s\":\n%s", what, text);
}

static void text_of_the_vector(void **state)
{
	struct buffer file = {0};
	char *text;

	(void)state;
	fixture_vector("min_v1.igvm", &file);
	text = text_of(&file);
	assert_says(text, "some.igvm\n");
	assert_says(text, "IGVM version 1, x86-64, 4 KiB pages");
	assert_says(text, "12632 bytes");
	assert_says(text, "0xd4e2f6af (correct)");
	assert_says(text, "SEV-SNP version 1, highest VTL 2");
	assert_says(text, "0x30000: firmware ABI 0.0 or later, SMT allowed, no debug");
	assert_says(text, "0x1000-0x2fff                 8 KiB  normal, measured, 2 headers");
	assert_says(text, "into area 0 at byte 0x4");
	assert_says(text, "normal, zero, measured");
	assert_says(text, "VP context of vCPU 0 for SEV-SNP at guest address 0xfffffffff000");
	assert_says(text, "efer            0x1000");
	assert_says(text, "launch updates         7 pages");
	assert_says(text, "measured pages         4 of them");
	assert_says(text, "7 ms, a prediction");
	assert_says(text, "no objection found");
	free(text);
	buffer_free(&file);
}

static void text_of_every_header_type(void **state)
{
	static const char *const expected[] = {"0x1000 bytes used", "100 bytes at file offset",
		"initially from the file", "shared with the host", "guest SVN 3",
		"version 1, product 0", "normal, unmeasured", "normal, measured, shared",
		"CPUID XF", "type 0x3ff", "unknown, optional, 3 bytes", "not imported",
		"DEBUG ALLOWED", "VP context of vCPU 0 for native", "0x1234",
		"registers of this platform are not shown",
		"refused: optional headers are not recognised",
		"refused: header RELOCATABLE_REGION is not recognised",
		"initial contents of the parameter area are ignored",
		"memory map goes to the start of its area, not to byte 0x100",
		"shared page is loaded and measured like a private one"};
	struct buffer file = {0};
	char *text;

	(void)state;
	fixture_rich(&file);
	text = text_of(&file);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_says(text, expected[i]);
	free(text);
	buffer_free(&file);
}

static void runs_of_equal_pages_are_one_row(void **state)
{
	struct writer writer = {0};
	struct buffer file = {0};
	struct igvm_file parsed;
	struct report report;

	(void)state;
	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
	for (uint64_t gpa = 0x1000; gpa < 0x5000; gpa += PAGE_SIZE)
		fixture_page(&writer, gpa, 1, 0, IGVM_PAGE_NORMAL);
	fixture_page(&writer, 0x5000, -1, 0, IGVM_PAGE_NORMAL);
	fixture_page(&writer, 0x7000, -1, 0, IGVM_PAGE_NORMAL);
	fixture_finish(&writer, &file);
	open_report(&file, &parsed, &report);
	assert_int_equal(report.row_count, 4);
	assert_int_equal(report.rows[1].headers, 4);
	assert_int_equal(report.rows[1].gpa, 0x1000);
	assert_int_equal(report.rows[1].bytes, 4 * PAGE_SIZE);
	assert_int_equal(report.rows[2].headers, 1);
	assert_int_equal(report.rows[3].gpa, 0x7000);
	close_report(&parsed, &report);
	buffer_free(&file);
}

static json_int_t number(const json_t *json, const char *name)
{
	const json_t *value = json_object_get(json, name);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static const char *string(const json_t *json, const char *name)
{
	const char *value = json_string_value(json_object_get(json, name));

	assert_non_null(value);
	return value;
}

static void json_of_the_vector(void **state)
{
	struct buffer file = {0};
	struct igvm_file parsed;
	struct report report;
	json_t *json, *launch, *context, *header;

	(void)state;
	fixture_vector("min_v2.igvm", &file);
	open_report(&file, &parsed, &report);
	json = report_json(&report);
	assert_string_equal(string(json, "file"), "some.igvm");
	assert_int_equal(number(json, "version"), 2);
	assert_int_equal(number(json, "bytes"), 12640);
	assert_string_equal(string(json, "checksum"), "0x8bd3a908");
	assert_int_equal(json_array_size(json_object_get(json, "headers")), 11);
	header = json_array_get(json_object_get(json, "headers"), 2);
	assert_string_equal(string(header, "name"), "PAGE_DATA");
	assert_string_equal(string(header, "gpa"), "0x1000");
	assert_int_equal(number(header, "headers"), 2);
	assert_int_equal(number(header, "bytes"), 8192);
	context = json_array_get(json_object_get(json, "vp_contexts"), 0);
	assert_string_equal(string(json_object_get(context, "registers"), "sev_features"), "0x1");
	launch = json_object_get(json, "launch");
	assert_int_equal(number(launch, "launch_updates"), 7);
	assert_int_equal(number(launch, "measured_pages"), 4);
	assert_int_equal(number(launch, "predicted_milliseconds"), 7);
	assert_int_equal(number(json_object_get(launch, "pages"), "NORMAL"), 3);
	assert_int_equal(json_array_size(json_object_get(json, "qemu_remarks")), 0);
	assert_true(json_is_null(json_object_get(json, "firmware")));
	assert_true(json_is_null(json_object_get(json, "stray_mask_bits")));
	json_decref(json);
	close_report(&parsed, &report);
	buffer_free(&file);
}

static void file_without_snp_has_no_launch(void **state)
{
	struct writer writer = {0};
	struct buffer file = {0};
	struct igvm_file parsed;
	struct report report;
	json_t *json;
	char *text;

	(void)state;
	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_TDX);
	fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_finish(&writer, &file);
	text = text_of(&file);
	assert_says(text, "not possible      the file does not support SEV-SNP");
	free(text);
	open_report(&file, &parsed, &report);
	json = report_json(&report);
	assert_true(json_is_false(json_object_get(json_object_get(json, "launch"), "possible")));
	json_decref(json);
	close_report(&parsed, &report);
	buffer_free(&file);
}

static void keep_remark(void *context, const struct qemu_remark *remark)
{
	*(struct qemu_remark *)context = *remark;
}

/* The vector with one byte of its VMSA or VP_CONTEXT changed gives one remark. */
static void expect_vmsa_remark(size_t byte, uint8_t value, const char *what)
{
	struct qemu_remark remark = {0};
	struct igvm_vp_context context;
	struct buffer file = {0};
	struct tool_error error;
	struct igvm_file parsed;
	uint64_t header;

	fixture_vector("min_v1.igvm", &file);
	header = fixture_find(&file, IGVM_VP_CONTEXT, 0);
	memcpy(&context, file.bytes + header + sizeof(struct igvm_variable_header),
		sizeof(context));
	fixture_poke(&file, context.file_offset + byte, value, 1);
	assert_true(fixture_parse(&file, &parsed, &error));
	assert_int_equal(qemu_check(&parsed, keep_remark, &remark), what ? 1 : 0);
	if (what) {
		assert_says(remark.text, what);
		assert_int_equal(remark.offset, header);
	}
	fixture_close(&parsed);
	buffer_free(&file);
}

static void vmsa_fields_that_qemu_cannot_pass_on(void **state)
{
	static const size_t passed[] = {offsetof(struct vmsa, es), offsetof(struct vmsa, tr) + 15,
		offsetof(struct vmsa, cr0), offsetof(struct vmsa, rsp),
		offsetof(struct vmsa, r15) + 7, offsetof(struct vmsa, x87_fcw)};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		expect_vmsa_remark(passed[i], 1, NULL);
	expect_vmsa_remark(offsetof(struct vmsa, pl_ssp), 1, "VMSA byte 0xa0 is set");
	expect_vmsa_remark(offsetof(struct vmsa, vmpl), 2, "VMSA byte 0xca is set");
	expect_vmsa_remark(offsetof(struct vmsa, cr2), 1, "VMSA byte 0x240 is set");
	expect_vmsa_remark(offsetof(struct vmsa, reserved_380), 1, "VMSA byte 0x380 is set");
	expect_vmsa_remark(offsetof(struct vmsa, x87_fcw) + 2, 1, "VMSA byte 0x412 is set");
	expect_vmsa_remark(PAGE_SIZE - 1, 1, "VMSA byte 0xfff is set");
	expect_vmsa_remark(offsetof(struct vmsa, sev_features), 0, "lacks the SNP bit");
}

static void vmsa_elsewhere_is_refused(void **state)
{
	struct qemu_remark remark = {0};
	struct buffer file = {0};
	struct tool_error error;
	struct igvm_file parsed;
	uint64_t header;

	(void)state;
	fixture_vector("min_v1.igvm", &file);
	header = fixture_find(&file, IGVM_VP_CONTEXT, 0);
	fixture_poke(&file, header + sizeof(struct igvm_variable_header), 0x7000, 8);
	fixture_seal(&file);
	assert_true(fixture_parse(&file, &parsed, &error));
	assert_int_equal(qemu_check(&parsed, keep_remark, &remark), 1);
	assert_says(remark.text, "VMSA at 0x7000");
	fixture_close(&parsed);
	buffer_free(&file);
}

static void second_id_block_is_refused(void **state)
{
	const struct igvm_snp_id_block id = {.compatibility_mask = FIXTURE_SNP};
	struct qemu_remark remark = {0};
	struct writer writer = {0};
	struct buffer file = {0};
	struct tool_error error;
	struct igvm_file parsed;

	(void)state;
	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
	for (int i = 0; i < 2; i++)
		writer_header(&writer, IGVM_SNP_ID_BLOCK, &id, sizeof(id), WRITER_NO_OFFSET);
	fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_finish(&writer, &file);
	assert_true(fixture_parse(&file, &parsed, &error));
	assert_int_equal(qemu_check(&parsed, keep_remark, &remark), 1);
	assert_says(remark.text, "more than one SNP_ID_BLOCK");
	assert_int_equal(remark.offset, fixture_find(&file, IGVM_SNP_ID_BLOCK, 1));
	fixture_close(&parsed);
	buffer_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_the_vector),
		cmocka_unit_test(text_of_every_header_type),
		cmocka_unit_test(runs_of_equal_pages_are_one_row),
		cmocka_unit_test(json_of_the_vector),
		cmocka_unit_test(file_without_snp_has_no_launch),
		cmocka_unit_test(vmsa_fields_that_qemu_cannot_pass_on),
		cmocka_unit_test(vmsa_elsewhere_is_refused),
		cmocka_unit_test(second_id_block_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
