/* SPDX-License-Identifier: MIT */
/*
 * The services of an image in the inspector's two forms. Their files are not in the
 * image: what is measured is their digests.
 */
#include "report.h"

#include <inttypes.h>

#include "services.h"
#include "tools/common/text.h"

static void print_service(const struct service_table_entry *entry, FILE *out)
{
	char size[32], memory[32], classes[SERVICE_CLASSES_TEXT_SIZE], digest[65];

	hex_encode(entry->sha256, sizeof(entry->sha256), digest);
	fprintf(out, "  %-15s %9s  %9s  %-9s %12" PRIu64 " %14" PRIu64 "  %-7s  %s\n", entry->name,
		report_size(entry->size, size), report_size(entry->memory, memory),
		service_classes_text(entry, classes), entry->slice, entry->limit,
		service_end_text(entry), digest);
}

void report_services_text(const struct report *report, FILE *out)
{
	if (!report->services.count)
		return;
	fprintf(out, "\nServices in ring 3, whose files are not in the image but in the digest\n");
	fprintf(out, "  %-15s %9s  %9s  %-9s %12s %14s  %-7s  %s\n", "name", "file", "memory",
		"classes", "slice", "limit", "at end", "SHA-256 of the file");
	for (uint32_t i = 0; i < report->services.count; i++)
		print_service(&report->services.entries[i], out);
}

static json_t *service_json(const struct service_table_entry *entry)
{
	char digest[65];

	hex_encode(entry->sha256, sizeof(entry->sha256), digest);
	return json_pack("{s:s, s:I, s:s, s:I, s:o, s:I, s:I, s:s}", "name", entry->name, "bytes",
		(json_int_t)entry->size, "sha256", digest, "memory", (json_int_t)entry->memory,
		"classes", service_classes_json(entry), "slice", (json_int_t)entry->slice, "limit",
		(json_int_t)entry->limit, "at_end", service_end_text(entry));
}

json_t *report_services_json(const struct report *report)
{
	json_t *services = json_array();

	for (uint32_t i = 0; i < report->services.count; i++)
		json_array_append_new(services, service_json(&report->services.entries[i]));
	return services;
}
