/* SPDX-License-Identifier: MIT */
/*
 * The table of facts: what this image is, what it found, what it was told to
 * check.
 */
#include "kernel/banner.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/memory_map.h"
#include "kernel/version.h"
#include "platform.h"

static uint64_t imported_bytes(void)
{
	return (uint64_t)(__data_end - __image_start);
}

/* With their contents: the image's own pages and the digests. */
#define SPECIAL_MEASURED 1U

static void print_build(void)
{
	char id[BUILD_ID_TEXT];

	build_id_text(id);
	log_info("Nacre paravisor");
	log_info("  version          %s", nacre_version);
	log_info("  build id         %s", id);
}

static void print_platform(const struct banner *banner)
{
	const struct platform_facts *facts = platform_facts();

	log_info("  platform         %s", facts->name);
	log_info("  privilege levels paravisor VMPL%u, guest VMPL%u", facts->own_level,
		facts->guest_level);
	log_info("  C-bit            %u", facts->c_bit);
	log_info("  TLB flush        %s",
		facts->flush_broadcast ? "INVLPGB" : "local (one vCPU only)");
	log_info("  vCPUs            %u", banner->cpus);
}

static void print_memory(const struct banner *banner)
{
	const struct page_span *carve_out = &banner->memory->carve_out;

	log_info("  guest memory     %lu MiB in %u ranges", (banner->memory->bytes + MIB / 2) / MIB,
		banner->memory->count);
	log_info("  own memory       0x%x-0x%x, 0x%lx-0x%lx", REGION_GPA,
		REGION_GPA + REGION_SIZE - 1, carve_out->base,
		carve_out->base + carve_out->size - 1);
	log_info("  image            %lu KiB", imported_bytes() / KIB);
	log_info("  measured pages   %lu and the first vCPU",
		imported_bytes() / PAGE_SIZE + SPECIAL_MEASURED);
}

static uint64_t firmware_pages(enum launch_area_type type)
{
	const struct launch_firmware *firmware = &special_measured.firmware;
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < firmware->count && i < LAUNCH_AREAS_MAX; i++)
		if (firmware->areas[i].type == type)
			bytes += firmware->areas[i].size;
	return bytes / PAGE_SIZE;
}

static void print_guest(void)
{
	bool unchecked = special_measured.digests.flags & LAUNCH_FLAG_UNCHECKED;

	if (special_measured.firmware.count)
		log_info("  firmware         %lu measured pages, %lu filled here",
			firmware_pages(LAUNCH_AREA_IMAGE), firmware_pages(LAUNCH_AREA_ONES));
	else
		log_info("  kernel check     %s", unchecked ? "OFF (development image)" : "on");
}

void banner_print(const struct banner *banner)
{
	print_build();
	print_platform(banner);
	print_memory(banner);
	print_guest();
	log_flush();
}
