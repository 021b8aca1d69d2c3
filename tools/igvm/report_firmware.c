/* SPDX-License-Identifier: MIT */
/*
 * What a firmware adds to the paravisor's image, apart from it: after a build,
 * and in the inspector's two forms.
 */
#include "report.h"

#include <inttypes.h>

static uint64_t filled_pages(const struct report *report)
{
	return firmware_map_pages(&report->firmware, LAUNCH_AREA_ONES);
}

/* The image's own areas are many, and told by their pages. */
static bool is_image(const struct launch_area *area)
{
	return area->type == LAUNCH_AREA_IMAGE || area->type == LAUNCH_AREA_ONES;
}

static void print_area(const struct launch_area *area, FILE *out)
{
	char size[32];

	fprintf(out, "  %-17s %9s at 0x%" PRIx64 "\n", launch_area_name(area->type),
		report_size(area->size, size), area->base);
}

void report_firmware_text(const struct report *report, FILE *out)
{
	const struct launch_firmware *map = &report->firmware;

	fprintf(out, "Firmware that the paravisor starts\n");
	fprintf(out, "  %-17s %6" PRIu64 " measured pages, with the first vCPU's\n", "paravisor",
		report->measured - report->firmware_measured);
	fprintf(out, "  %-17s %6" PRIu64 " measured pages\n", "firmware",
		report->firmware_measured);
	fprintf(out, "  %-17s %6" PRIu64 " pages of the firmware, by the paravisor\n",
		"filled at launch", filled_pages(report));
	for (uint32_t i = 0; i < map->count; i++)
		if (!is_image(&map->areas[i]))
			print_area(&map->areas[i], out);
}

static json_t *area_json(const struct launch_area *area)
{
	return json_pack("{s:s, s:o, s:I}", "what", launch_area_name(area->type), "gpa",
		json_sprintf("0x%" PRIx64, area->base), "bytes", (json_int_t)area->size);
}

json_t *report_firmware_json(const struct report *report)
{
	json_t *areas;

	if (!report->firmware.count)
		return json_null();
	areas = json_array();
	for (uint32_t i = 0; i < report->firmware.count; i++)
		json_array_append_new(areas, area_json(&report->firmware.areas[i]));
	return json_pack("{s:I, s:I, s:I, s:o}", "paravisor_measured_pages",
		(json_int_t)(report->measured - report->firmware_measured), "measured_pages",
		(json_int_t)report->firmware_measured, "filled_pages",
		(json_int_t)filled_pages(report), "areas", areas);
}
