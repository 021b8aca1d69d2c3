/* SPDX-License-Identifier: MIT */
/* A probe's start: the launch's parameters lie where layout.h says. */
#include "igvm.h"
#include "layout.h"
#include "start.h"

static void read_memory_map(const struct igvm_memory_map_entry *map)
{
	for (; map->number_of_pages; map++)
		if (map->entry_type == IGVM_MEMORY_RAM)
			guest_add_ram(map->starting_gpa_page_number << PAGE_SHIFT,
				map->number_of_pages << PAGE_SHIFT);
}

void guest_start_probe(void)
{
	guest.secrets = (const void *)PROBE_SECRETS;
	guest.cpuid = (const void *)PROBE_CPUID;
	read_memory_map((const void *)PROBE_MEMORY_MAP);
	guest_read_madt((const void *)PROBE_MADT);
	guest_start_common(false);
}
