/* SPDX-License-Identifier: MIT */
/*
 * Starting the firmware; see firmware_launch.h. All other RAM is left as the
 * host made it: the firmware and the system after it accept it by PVALIDATE
 * calls, each when it is wanted.
 */
#include <string.h>

#include "kernel/firmware_launch.h"
#include "ghcb.h"
#include "kernel/cpu.h"
#include "kernel/first_vcpu.h"
#include "kernel/firmware.h"
#include "kernel/firmware_areas.h"
#include "kernel/frames.h"
#include "kernel/guest_memory.h"
#include "kernel/guest_pages.h"
#include "kernel/guest_ram.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/page_state.h"
#include "kernel/panic.h"
#include "kernel/windows.h"
#include "platform.h"

#define MEMORY_MAP_MAX (PAGE_SIZE / sizeof(struct igvm_memory_map_entry))

static NORETURN void bad(const struct launch_area *area, const char *what)
{
	give_up(TERM_NACRE_PARAMETERS, "the firmware's area of type %u at 0x%lx, %u bytes: %s",
		area->type, area->base, area->size, what);
}

/* Nothing is made of areas of which one is wrong. */
static void check(const struct launch_firmware *firmware, const struct memory_map *memory)
{
	struct firmware_fault fault;

	if (firmware_areas_check(firmware, memory, &fault))
		return;
	if (fault.area)
		bad(fault.area, fault.what);
	give_up(TERM_NACRE_PARAMETERS, "the firmware's areas in the measured page: %s", fault.what);
}

/* ---- The image ---- */

/* Measured pages are the paravisor's from the launch on. */
static void give_image(const struct launch_area *area)
{
	uint64_t end = area->base + area->size;

	for (uint64_t page = area->base; page < end; page += PAGE_SIZE)
		if (platform_page_grant(window_map(this_cpu(), WINDOW_TARGET, page), PAGE_4K) !=
			PAGE_OK)
			bad(area, "a page cannot be given to the guest");
	window_unmap(this_cpu(), WINDOW_TARGET);
}

static void give_ones(const struct launch_area *area)
{
	uint64_t end = area->base + area->size;

	guest_ram_prepare((struct page_span){area->base, area->size});
	for (uint64_t page = area->base; page < end; page += PAGE_SIZE)
		memset(va_pointer(window_map(this_cpu(), WINDOW_TARGET, page)), 0xff, PAGE_SIZE);
	window_unmap(this_cpu(), WINDOW_TARGET);
}

static void prepare(const struct launch_area *area)
{
	switch ((enum launch_area_type)area->type) {
	case LAUNCH_AREA_IMAGE:
		give_image(area);
		return;
	case LAUNCH_AREA_ONES:
		give_ones(area);
		return;
	case LAUNCH_AREA_MEMORY:
	case LAUNCH_AREA_SECRETS:
	case LAUNCH_AREA_CPUID:
	case LAUNCH_AREA_CALLING_AREA:
	case LAUNCH_AREA_KERNEL_HASHES:
		guest_ram_prepare((struct page_span){area->base, area->size});
		return;
	case LAUNCH_AREA_MEMORY_MAP:
	case LAUNCH_AREA_VP_COUNT:
		return; /* inside plain memory */
	}
}

/* ---- What the firmware reads ---- */

static void write_to(uint64_t address, const void *bytes, size_t size)
{
	if (guest_write(address, bytes, size) != SVSM_SUCCESS)
		give_up(TERM_NACRE_HOST_LIE, "the firmware's memory at 0x%lx is gone", address);
}

static void write_secrets(const struct launch_firmware *firmware, const struct memory_map *memory)
{
	struct snp_secrets *secrets = frames_need(1);
	struct guest_svsm_info svsm = first_vcpu_svsm(
		&memory->carve_out, firmware_area(firmware, LAUNCH_AREA_CALLING_AREA)->base);

	if (guest_secrets_fill(secrets, &special_secrets, &svsm))
		give_up(TERM_NACRE_CPUID, "the guest's secrets page cannot be made");
	write_to(firmware_area(firmware, LAUNCH_AREA_SECRETS)->base, secrets, PAGE_SIZE);
	memset(secrets, 0, PAGE_SIZE);
	frames_give_back(secrets, 1);
}

static void write_cpuid(const struct launch_firmware *firmware)
{
	struct snp_cpuid_page *cpuid = frames_need(1);

	if (guest_cpuid_fill(cpuid, &special_cpuid))
		give_up(TERM_NACRE_CPUID, "the guest's CPUID page cannot be made");
	write_to(firmware_area(firmware, LAUNCH_AREA_CPUID)->base, cpuid, PAGE_SIZE);
	frames_give_back(cpuid, 1);
}

/*
 * A firmware that takes no map from us takes the host's, which knows nothing
 * of what we carve out of RAM.
 */
static void write_memory_map(
	const struct launch_firmware *firmware, const struct memory_map *memory)
{
	const struct launch_area *area = firmware_area(firmware, LAUNCH_AREA_MEMORY_MAP);
	struct igvm_memory_map_entry *entries;
	unsigned int count;

	if (!area) {
		if (memory->carve_out.base < REGION_GPA || memory->carve_out.base >= 4 * GIB)
			give_up(TERM_NACRE_NO_MEMORY,
				"%lu MiB of RAM are too many for a firmware that takes no memory "
				"map "
				"from the paravisor",
				memory->bytes / MIB);
		return;
	}
	entries = frames_need(1);
	count = area->size / sizeof(*entries);
	if (!firmware_fill_memory_map(
		    entries, count < MEMORY_MAP_MAX ? count : MEMORY_MAP_MAX, memory))
		bad(area, "too small for the memory map");
	write_to(
		area->base, entries, area->size < PAGE_SIZE ? count * sizeof(*entries) : PAGE_SIZE);
	frames_give_back(entries, 1);
}

static void write_vp_count(const struct launch_firmware *firmware)
{
	const struct launch_area *area = firmware_area(firmware, LAUNCH_AREA_VP_COUNT);
	uint32_t count = cpu_count();

	if (area)
		write_to(area->base, &count, sizeof(count));
}

static void create_vcpu(const struct launch_firmware *firmware)
{
	struct vmsa *vmsa = first_vcpu_save_area();

	firmware_fill_vmsa(vmsa, platform_facts()->guest_level, platform_facts()->guest_features);
	first_vcpu_create(vmsa, firmware_area(firmware, LAUNCH_AREA_CALLING_AREA)->base);
}

/* The guest may ask for any RAM now but for what we have taken. */
static void leave_ram(const struct memory_map *memory)
{
	for (unsigned int i = 0; i < memory->count; i++)
		page_state_fill(memory->ranges[i].base,
			memory->ranges[i].end - memory->ranges[i].base, PAGE_STATE_INVALID);
	page_state_fill(memory->carve_out.base, memory->carve_out.size, PAGE_STATE_OWN);
}

void firmware_launch(const struct launch_firmware *firmware, const struct memory_map *memory)
{
	check(firmware, memory);
	leave_ram(memory);
	for (unsigned int i = 0; i < firmware->count; i++)
		prepare(&firmware->areas[i]);
	write_secrets(firmware, memory);
	write_cpuid(firmware);
	write_memory_map(firmware, memory);
	write_vp_count(firmware);
	create_vcpu(firmware);
	log_info("nacre: starting the firmware");
}
