/* SPDX-License-Identifier: MIT */
/*
 * The inspector's JSON. Addresses and register values are strings in
 * hexadecimal, since JSON numbers lose bits in many readers; sizes and counts
 * are numbers.
 */
#include "report.h"

#include <inttypes.h>

static json_t *hex(uint64_t value)
{
	return json_sprintf("0x%" PRIx64, value);
}

static json_t *integer(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *row_json(const struct report_row *row)
{
	json_t *json = json_object();
	const struct igvm_item *item = row->item;

	json_object_set_new(json, "offset", integer(item->offset));
	json_object_set_new(json, "type", hex(item->type));
	if (item->info)
		json_object_set_new(json, "name", json_string(item->info->name));
	json_object_set_new(
		json, "section", json_string(igvm_section_name(igvm_type_section(item->type))));
	if (item->info && item->info->mask_offset != IGVM_NO_MASK)
		json_object_set_new(json, "mask", hex(item->mask));
	json_object_set_new(json, "headers", integer(row->headers));
	if (row->has_gpa)
		json_object_set_new(json, "gpa", hex(row->gpa));
	if (row->has_size)
		json_object_set_new(json, "bytes", integer(row->bytes));
	json_object_set_new(json, "optional", json_boolean(item->optional));
	json_object_set_new(json, "detail", json_string(row->detail));
	return json;
}

static json_t *context_json(const struct report_context *context)
{
	json_t *json = json_object(), *registers = json_object();

	for (size_t i = 0; i < context->register_count; i++)
		json_object_set_new(registers, context->registers[i].name,
			hex(register_value(context, &context->registers[i])));
	json_object_set_new(json, "vp_index", integer(context->vp_index));
	json_object_set_new(json, "platform", json_string(context->platform));
	json_object_set_new(json, "gpa", hex(context->gpa));
	json_object_set_new(json, "registers", registers);
	return json;
}

static json_t *launch_json(const struct report *report)
{
	json_t *json, *pages;

	if (!report->launchable)
		return json_pack("{s:b, s:s}", "possible", 0, "reason", report->not_launchable);
	pages = json_object();
	for (enum snp_page_type type = SNP_PAGE_NORMAL; type < REPORT_PAGE_TYPES; type++)
		json_object_set_new(pages, snp_page_type_name(type), integer(report->pages[type]));
	json = json_object();
	json_object_set_new(json, "possible", json_true());
	json_object_set_new(json, "platform", json_string("SEV-SNP"));
	json_object_set_new(json, "pages", pages);
	json_object_set_new(json, "launch_updates", integer(report->updates));
	json_object_set_new(json, "measured_pages", integer(report->measured));
	json_object_set_new(json, "predicted_milliseconds",
		integer(report->updates * REPORT_UPDATE_MILLISECONDS));
	return json;
}

static json_t *remark_json(const struct qemu_remark *remark)
{
	json_t *json = json_object();

	json_object_set_new(json, "offset", integer(remark->offset));
	json_object_set_new(json, "text", json_string(remark->text));
	return json;
}

/* An array; null for a damaged record, whose fault is in "build_inputs_error". */
static json_t *inputs_json(const struct report *report)
{
	struct inputs left = report->inputs;
	struct input input;
	json_t *json;

	if (report->inputs_error.text[0])
		return json_null();
	json = json_array();
	while (inputs_next(&left, &input))
		json_array_append_new(json,
			json_pack("{s:s%, s:s%, s:s%}", "name", input.name, (size_t)input.name_size,
				"version", input.version, (size_t)input.version_size, "sha256",
				input.sha256, (size_t)64));
	return json;
}

/* Null if there are none. */
static json_t *strays_json(const struct igvm_strays *strays)
{
	if (!strays->headers)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "bits", hex(strays->bits), "headers",
		integer(strays->headers), "offset", integer(strays->offset));
}

static json_t *head_json(const struct report *report)
{
	const struct igvm_file *file = report->file;
	json_t *json = json_object();

	json_object_set_new(json, "file", json_string(report->name));
	json_object_set_new(json, "version", integer(file->version));
	json_object_set_new(json, "architecture",
		json_string(file->architecture == IGVM_ARCH_X64 ? "x86-64" : "AArch64"));
	json_object_set_new(json, "page_size", integer(PAGE_SIZE));
	json_object_set_new(json, "bytes", integer(file->size));
	json_object_set_new(json, "checksum", hex(file->checksum));
	json_object_set_new(json, "stray_mask_bits", strays_json(&report->strays));
	return json;
}

json_t *report_json(const struct report *report)
{
	json_t *json = head_json(report);
	json_t *headers = json_array(), *contexts = json_array(), *remarks = json_array();

	for (size_t i = 0; i < report->row_count; i++)
		json_array_append_new(headers, row_json(&report->rows[i]));
	for (size_t i = 0; i < report->context_count; i++)
		json_array_append_new(contexts, context_json(&report->contexts[i]));
	for (size_t i = 0; i < report->remark_count; i++)
		json_array_append_new(remarks, remark_json(&report->remarks[i]));
	json_object_set_new(json, "headers", headers);
	json_object_set_new(json, "vp_contexts", contexts);
	json_object_set_new(json, "launch", launch_json(report));
	json_object_set_new(json, "id_block", id_block_json(&report->id_block));
	json_object_set_new(json, "firmware", report_firmware_json(report));
	json_object_set_new(json, "services", report_services_json(report));
	json_object_set_new(json, "qemu_remarks", remarks);
	json_object_set_new(json, "build_inputs", inputs_json(report));
	if (report->inputs_error.text[0])
		json_object_set_new(
			json, "build_inputs_error", json_string(report->inputs_error.text));
	return json;
}
