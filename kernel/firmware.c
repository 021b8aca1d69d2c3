/* SPDX-License-Identifier: MIT */
/*
 * What a firmware starts with; see firmware.h.
 */
#include <string.h>

#include "kernel/firmware.h"
#include "x86.h"

#define RESET_CS 0xf000U
#define RESET_CS_BASE 0xffff0000U
#define RESET_RIP 0xfff0U
#define REAL_LIMIT 0xffffU
#define ATTRIBUTES_CODE 0x9bU /* present, code, readable, accessed */
#define ATTRIBUTES_DATA 0x93U /* present, data, writable, accessed */
#define ATTRIBUTES_LDT 0x82U
#define ATTRIBUTES_TSS 0x83U
#define X87_RESET 0x40U

void firmware_fill_vmsa(struct vmsa *vmsa, unsigned int vmpl, uint64_t sev_features)
{
	const struct vmsa_segment data = {0, ATTRIBUTES_DATA, REAL_LIMIT, 0};

	memset(vmsa, 0, sizeof(*vmsa));
	vmsa->cs = (struct vmsa_segment){RESET_CS, ATTRIBUTES_CODE, REAL_LIMIT, RESET_CS_BASE};
	vmsa->ds = vmsa->es = vmsa->ss = vmsa->fs = vmsa->gs = data;
	vmsa->gdtr.limit = vmsa->idtr.limit = REAL_LIMIT;
	vmsa->ldtr = (struct vmsa_segment){0, ATTRIBUTES_LDT, REAL_LIMIT, 0};
	vmsa->tr = (struct vmsa_segment){0, ATTRIBUTES_TSS, REAL_LIMIT, 0};
	vmsa->vmpl = (uint8_t)vmpl;
	vmsa->sev_features = sev_features;
	vmsa->efer = EFER_SVME;
	vmsa->cr0 = CR0_ET | CR0_NW | CR0_CD;
	vmsa->dr6 = DR6_RESET;
	vmsa->dr7 = DR7_RESET;
	vmsa->rflags = RFLAGS_FIXED;
	vmsa->rip = RESET_RIP;
	vmsa->g_pat = PAT_RESET;
	vmsa->xcr0 = 1;
	vmsa->mxcsr = MXCSR_RESET;
	vmsa->x87_fcw = X87_RESET;
}

struct map_writer {
	struct igvm_memory_map_entry *entries;
	unsigned int used, count;
};

static bool put(struct map_writer *writer, uint64_t base, uint64_t end)
{
	if (base >= end)
		return true;
	if (writer->used == writer->count)
		return false;
	writer->entries[writer->used++] = (struct igvm_memory_map_entry){
		.starting_gpa_page_number = base >> PAGE_SHIFT,
		.number_of_pages = (end - base) >> PAGE_SHIFT,
		.entry_type = IGVM_MEMORY_RAM};
	return true;
}

bool firmware_fill_memory_map(
	struct igvm_memory_map_entry *entries, unsigned int count, const struct memory_map *map)
{
	uint64_t cut_base = map->carve_out.base, cut_end = cut_base + map->carve_out.size;
	struct map_writer writer = {entries, 0, count};

	for (unsigned int i = 0; i < map->count; i++) {
		uint64_t base = map->ranges[i].base, end = map->ranges[i].end;

		if (cut_base >= base && cut_end <= end) {
			if (!put(&writer, base, cut_base))
				return false;
			base = cut_end;
		}
		if (!put(&writer, base, end))
			return false;
	}
	if (writer.used == count)
		return false;
	entries[writer.used] = (struct igvm_memory_map_entry){0};
	return true;
}
