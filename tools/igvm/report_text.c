/* SPDX-License-Identifier: MIT */
/*
 * The inspector's aligned tables.
 */
#include "report.h"

#include <inttypes.h>

static const char *architecture_name(uint32_t architecture)
{
	return architecture == IGVM_ARCH_X64 ? "x86-64" : "AArch64";
}

const char *report_size(uint64_t bytes, char text[32])
{
	if (bytes && bytes % MIB == 0)
		snprintf(text, 32, "%lu MiB", bytes / MIB);
	else if (bytes && bytes % KIB == 0)
		snprintf(text, 32, "%lu KiB", bytes / KIB);
	else
		snprintf(text, 32, "%" PRIu64 " B", bytes);
	return text;
}

static void print_head(const struct report *report, FILE *out)
{
	const struct igvm_file *file = report->file;

	fprintf(out, "%s\n", report->name);
	fprintf(out, "  format            IGVM version %" PRIu32 ", %s, 4 KiB pages\n",
		file->version, architecture_name(file->architecture));
	fprintf(out, "  file size         %zu bytes\n", file->size);
	fprintf(out, "  variable headers  %zu headers, %" PRIu64 " bytes at offset 0x%" PRIx64 "\n",
		file->item_count, file->header_size, file->header_offset);
	fprintf(out, "  file data         %" PRIu64 " bytes at offset 0x%" PRIx64 "\n",
		file->size - file->data_offset, file->data_offset);
	fprintf(out, "  checksum          0x%08" PRIx32 " (correct)\n", file->checksum);
	if (report->strays.headers)
		fprintf(out,
			"  stray mask bits   0x%" PRIx32
			" in %zu headers, the first at offset 0x%" PRIx64
			": of no platform here, ignored\n",
			report->strays.bits, report->strays.headers, report->strays.offset);
}

static void print_mask(const struct igvm_item *item, FILE *out)
{
	if (item->info && item->info->mask_offset != IGVM_NO_MASK)
		fprintf(out, " 0x%-4" PRIx32, item->mask);
	else
		fprintf(out, " %-6s", "-");
}

static void print_range(const struct report_row *row, FILE *out)
{
	char range[40] = "-", size[32] = "-";

	if (row->has_gpa && row->has_size && row->bytes)
		snprintf(range, sizeof(range), "0x%" PRIx64 "-0x%" PRIx64, row->gpa,
			row->gpa + row->bytes - 1);
	else if (row->has_gpa)
		snprintf(range, sizeof(range), "0x%" PRIx64, row->gpa);
	if (row->has_size)
		report_size(row->bytes, size);
	fprintf(out, " %-25s %9s ", range, size);
}

static void print_row(const struct report_row *row, FILE *out)
{
	char unknown[24];

	snprintf(unknown, sizeof(unknown), "type 0x%03" PRIx32, row->item->type);
	fprintf(out, "  0x%-7" PRIx64 " %-21s", row->item->offset,
		row->item->info ? row->item->info->name : unknown);
	print_mask(row->item, out);
	print_range(row, out);
	fprintf(out, " %s", row->detail);
	if (row->headers > 1)
		fprintf(out, ", %zu headers", row->headers);
	fputc('\n', out);
}

static void print_rows(const struct report *report, FILE *out)
{
	fprintf(out, "\n  %-9s %-21s %-6s %-25s %9s  %s\n", "offset", "header", "mask",
		"guest addresses", "size", "what");
	for (size_t i = 0; i < report->row_count; i++)
		print_row(&report->rows[i], out);
}

/* Four registers a line, without blanks at its end. */
static void print_register(const struct report_context *context, size_t i, FILE *out)
{
	bool last = i % 4 == 3 || i + 1 == context->register_count;
	char value[24];

	snprintf(value, sizeof(value), "0x%" PRIx64,
		register_value(context, &context->registers[i]));
	fprintf(out, "  %-15s %-*s", context->registers[i].name, last ? 0 : 18, value);
	if (last)
		fputc('\n', out);
}

static void print_context(const struct report_context *context, FILE *out)
{
	fprintf(out, "\nVP context of vCPU %u for %s at guest address 0x%" PRIx64 "\n",
		context->vp_index, context->platform, context->gpa);
	if (!context->register_count)
		fprintf(out, "  (registers of this platform are not shown)\n");
	for (size_t i = 0; i < context->register_count; i++)
		print_register(context, i, out);
}

static void print_launch(const struct report *report, FILE *out)
{
	char size[32];

	fprintf(out, "\nSEV-SNP launch\n");
	if (!report->launchable) {
		fprintf(out, "  not possible      %s\n", report->not_launchable);
		return;
	}
	for (enum snp_page_type type = SNP_PAGE_NORMAL; type < REPORT_PAGE_TYPES; type++) {
		if (report->pages[type])
			fprintf(out, "  %-17s %6" PRIu64 " pages  %9s\n", snp_page_type_name(type),
				report->pages[type],
				report_size(report->pages[type] * PAGE_SIZE, size));
	}
	fprintf(out, "  launch updates    %6" PRIu64 " pages of any type\n", report->updates);
	fprintf(out, "  measured pages    %6" PRIu64 " of them with their contents\n",
		report->measured);
	fprintf(out,
		"  launch time       %6" PRIu64 " ms, a prediction: %d ms for each launch update, "
		"not measured here\n",
		report->updates * REPORT_UPDATE_MILLISECONDS, REPORT_UPDATE_MILLISECONDS);
}

static void print_id_block(const struct report *report, FILE *out)
{
	if (!report->id_block.present)
		return;
	fprintf(out, "\nSNP ID block at offset 0x%" PRIx64 "\n", report->id_block.offset);
	id_block_text(&report->id_block, "  ", 18, out);
}

static void print_firmware(const struct report *report, FILE *out)
{
	if (!report->firmware.count)
		return;
	fputc('\n', out);
	report_firmware_text(report, out);
}

/* Columns as wide as the longest word in them. */
static void measure_inputs(struct inputs left, int *name_width, int *version_width)
{
	struct input input;

	*name_width = *version_width = 0;
	while (inputs_next(&left, &input)) {
		if (input.name_size > *name_width)
			*name_width = input.name_size;
		if (input.version_size > *version_width)
			*version_width = input.version_size;
	}
}

static void print_inputs(const struct report *report, FILE *out)
{
	struct inputs left = report->inputs;
	struct input input;
	int name_width, version_width;

	fprintf(out, "\nBuild inputs, as the file claims\n");
	if (report->inputs_error.text[0])
		fprintf(out, "  damaged: offset 0x%" PRIx64 ": %s\n", report->inputs_error.offset,
			report->inputs_error.text);
	else if (!left.size)
		fprintf(out, "  none recorded\n");
	measure_inputs(left, &name_width, &version_width);
	while (inputs_next(&left, &input))
		fprintf(out, "  %-*.*s  %-*.*s  %.64s\n", name_width, input.name_size, input.name,
			version_width, input.version_size, input.version, input.sha256);
}

static void print_remarks(const struct report *report, FILE *out)
{
	if (!igvm_platform_mask(report->file, IGVM_PLATFORM_SEV_SNP))
		return;
	fprintf(out, "\nQEMU 10.1 to 11.0 with KVM\n");
	if (!report->remark_count)
		fprintf(out, "  no objection found\n");
	for (size_t i = 0; i < report->remark_count; i++)
		fprintf(out, "  0x%-7" PRIx64 " %s\n", report->remarks[i].offset,
			report->remarks[i].text);
}

void report_text(const struct report *report, FILE *out)
{
	print_head(report, out);
	print_rows(report, out);
	for (size_t i = 0; i < report->context_count; i++)
		print_context(&report->contexts[i], out);
	print_launch(report, out);
	print_id_block(report, out);
	print_firmware(report, out);
	report_services_text(report, out);
	print_remarks(report, out);
	print_inputs(report, out);
}
