/* SPDX-License-Identifier: MIT */
/*
 * Gathering what the inspector shows.
 */
#include "report.h"

#include <stdlib.h>

#include "measured_page.h"

const char *snp_page_type_name(enum snp_page_type type)
{
	static const char *const names[REPORT_PAGE_TYPES] = {
		[SNP_PAGE_NORMAL] = "NORMAL",
		[SNP_PAGE_VMSA] = "VMSA",
		[SNP_PAGE_ZERO] = "ZERO",
		[SNP_PAGE_UNMEASURED] = "UNMEASURED",
		[SNP_PAGE_SECRETS] = "SECRETS",
		[SNP_PAGE_CPUID] = "CPUID",
	};

	return names[type];
}

/* Whether @row is one more page of the run that @last shows. */
static bool continues(const struct report_row *last, const struct report_row *row)
{
	return last->item->type == IGVM_PAGE_DATA && row->item->type == IGVM_PAGE_DATA &&
	       last->item->mask == row->item->mask && last->gpa + last->bytes == row->gpa &&
	       !strcmp(last->detail, row->detail);
}

static void add_row(struct report *report, const struct igvm_item *item)
{
	struct report_row *row = &report->rows[report->row_count];

	describe_item(report->file, item, row);
	if (report->row_count && continues(row - 1, row)) {
		row[-1].headers++;
		row[-1].bytes += row->bytes;
	} else {
		report->row_count++;
	}
}

static uint8_t platform_of_mask(const struct igvm_file *file, uint32_t mask)
{
	uint8_t platform = IGVM_PLATFORM_NATIVE;

	while (platform < IGVM_PLATFORM_CCA && igvm_platform_mask(file, platform) != mask)
		platform++;
	return platform;
}

static void add_context(struct report *report, const struct igvm_item *item)
{
	struct report_context *context = &report->contexts[report->context_count++];
	uint8_t platform = platform_of_mask(report->file, item->mask);
	struct igvm_vp_context body;

	IGVM_BODY(item, &body);
	*context = (struct report_context){
		.item = item,
		.gpa = body.gpa,
		.vp_index = body.vp_index,
		.platform = igvm_platform_name(platform),
		.bytes = report->file->bytes + body.file_offset,
	};
	context->register_count = platform_registers(platform, &context->registers);
}

static void add_remark(void *context, const struct qemu_remark *remark)
{
	struct report *report = context;

	if (report->remarks)
		report->remarks[report->remark_count++] = *remark;
}

static void count_remark(void *context, const struct qemu_remark *remark)
{
	(void)context;
	(void)remark;
}

static bool collect_remarks(struct report *report)
{
	size_t count;

	if (!igvm_platform_mask(report->file, IGVM_PLATFORM_SEV_SNP))
		return true;
	count = qemu_check(report->file, count_remark, NULL);
	report->remarks = calloc(count + 1, sizeof(*report->remarks));
	qemu_check(report->file, add_remark, report);
	return report->remarks;
}

static bool count_page(void *context, const struct launch_page *page)
{
	struct report *report = context;

	report->pages[page->type]++;
	report->updates++;
	report->measured += page->type == SNP_PAGE_NORMAL || page->type == SNP_PAGE_VMSA;
	report->firmware_measured += page->type == SNP_PAGE_NORMAL &&
				     firmware_map_imports(&report->firmware, page->gpa);
	return true;
}

static void count_launch(struct report *report)
{
	const struct launch_options options = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE};
	struct launch_measured measured;
	struct tool_error error;

	if (measured_page_find(report->file, &measured)) {
		report->firmware = measured.firmware;
		report->services = measured.services;
	}
	report->launchable = launch_walk(report->file, &options, count_page, report, &error);
	if (!report->launchable)
		snprintf(report->not_launchable, sizeof(report->not_launchable), "%s", error.text);
}

bool report_make(const struct igvm_file *file, const char *name, struct report *report,
	struct tool_error *error)
{
	*report = (struct report){.file = file, .name = name, .strays = igvm_find_strays(file)};
	report->rows = calloc(file->item_count + 1, sizeof(*report->rows));
	report->contexts = calloc(file->item_count + 1, sizeof(*report->contexts));
	if (!report->rows || !report->contexts || !collect_remarks(report)) {
		report_free(report);
		return fail_with(error, "out of memory");
	}
	for (size_t i = 0; i < file->item_count; i++) {
		add_row(report, &file->items[i]);
		if (file->items[i].type == IGVM_VP_CONTEXT)
			add_context(report, &file->items[i]);
	}
	if (!inputs_find(file, &report->inputs, &report->inputs_error))
		report->inputs = (struct inputs){0};
	id_block_read(file, &report->id_block);
	count_launch(report);
	return true;
}

void report_free(struct report *report)
{
	free(report->rows);
	free(report->contexts);
	free(report->remarks);
	*report = (struct report){0};
}
