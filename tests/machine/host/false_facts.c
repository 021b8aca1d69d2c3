/* SPDX-License-Identifier: MIT */
/*
 * How the hostile host describes the guest's machine (hostile.h): memory map,
 * MADT, and the files of fw_cfg. Options: map=KIND, madt=KIND; fwcfg-change=ITEM
 * changes a bit of that item from its read number fwcfg-nth on.
 */
#include "hostile.h"
#include "igvm.h"
#include "npt.h"

bool hostile_fw_cfg(uint16_t selector, uint32_t nth, uint8_t *data, uint32_t size)
{
	if (!hostile_on() || selector != option_number("fwcfg-change", UINT16_MAX))
		return false;
	if (nth < option_number("fwcfg-nth", 0))
		return false;
	data[size / 2] ^= 1;
	return true;
}

bool hostile_fw_cfg_dma(uint32_t *status, uint32_t error)
{
	if (!hostile_on())
		return false;
	if (option_has("host", "fwcfg-error"))
		*status = error;
	return option_has("host", "fwcfg-deaf");
}

static struct igvm_memory_map_entry range(uint32_t type, uint64_t base, uint64_t size)
{
	return (struct igvm_memory_map_entry){
		.starting_gpa_page_number = base >> PAGE_SHIFT,
		.number_of_pages = size >> PAGE_SHIFT,
		.entry_type = (uint16_t)type,
	};
}

static struct igvm_memory_map_entry ram(uint64_t base, uint64_t size)
{
	return range(IGVM_MEMORY_RAM, base, size);
}

/* Where the paravisor's region lies, as the image's required memory says. */
#define REGION 0xfc000000UL
#define REGION_BYTES 0x2c00000UL

/* More entries of the honest map's page than any reader has room for. */
static void fill_map(struct igvm_memory_map_entry *e, uint32_t count, uint32_t type, uint64_t base)
{
	for (uint32_t i = 0; i < count; i++)
		e[i] = range(type, base + 2 * i * PAGE_SIZE, PAGE_SIZE);
}

/* One entry more than the host has, @next, that cannot be. */
static bool false_entry(struct igvm_memory_map_entry *next)
{
	if (option_is("map", "overlap"))
		*next = ram(guest_ram[0].base + MIB, MIB);
	else if (option_is("map", "wrap"))
		*next = ram(~0xfffUL, 2 * PAGE_SIZE);
	else if (option_is("map", "c-bit"))
		*next = ram(BIT(npt_c_bit()), MIB);
	else if (option_is("map", "mmio"))
		*next = ram(0xfec00000, MIB);
	else if (option_is("map", "giant"))
		*next = ram(4 * GIB, BIT(40));
	else if (option_is("map", "colossal"))
		*next = ram(4 * GIB, BIT(npt_c_bit()) - 4 * GIB);
	else
		return false;
	return true;
}

/* The first entry, @e, or the first ones, otherwise than they are. */
static void false_start(struct igvm_memory_map_entry *e)
{
	struct igvm_memory_map_entry first = e[0];

	if (option_is("map", "huge")) {
		e[0].number_of_pages = ~0UL;
	} else if (option_is("map", "empty")) {
		e[0].number_of_pages = 0;
	} else if (option_is("map", "reverse")) {
		e[0] = ram(first.number_of_pages << PAGE_SHIFT, MIB);
		e[1] = first;
	} else if (option_is("map", "cut")) {
		e[0] = ram(0, REGION + REGION_BYTES / 2);
	} else if (option_is("map", "taken")) {
		e[0] = ram(0, REGION);
		e[1] = range(IGVM_MEMORY_PLATFORM_RESERVED, REGION, REGION_BYTES);
	} else if (option_is("map", "region")) {
		e[0] = ram(REGION, REGION_BYTES);
	}
}

void hostile_memory_map(void *map, uint32_t size)
{
	struct igvm_memory_map_entry *e = map;
	uint32_t count = 0, max = size / (uint32_t)sizeof(*e);

	if (!hostile_on())
		return;
	while (count < max && e[count].number_of_pages)
		count++;
	if (false_entry(&e[count]))
		return;
	if (option_is("map", "many"))
		fill_map(e, max - 1, IGVM_MEMORY_RAM, 0);
	else if (option_is("map", "endless"))
		fill_map(e, max, IGVM_MEMORY_PLATFORM_RESERVED, BIT(38));
	else
		false_start(e);
}

#define MADT_LENGTH 4
#define MADT_ENTRIES 44 /* of 8 bytes, a vCPU each, at first */
#define ENTRY_LENGTH 1
#define ENTRY_APIC_ID 3

/* Enabled processors as far as the table's memory goes, each with its own id. */
static uint32_t crowd(uint8_t *p, uint32_t size)
{
	uint32_t at = MADT_ENTRIES, id = 0;

	for (; at + 16 <= size; at += 16) {
		uint32_t entry[4] = {9 | 16 << 8, id++, 1, 0};

		memcpy(p + at, entry, sizeof(entry));
	}
	memcpy(p + MADT_LENGTH, &at, sizeof(at));
	return at;
}

uint32_t hostile_madt(void *madt, uint32_t size, uint32_t used)
{
	uint8_t *p = madt, *entry = p + MADT_ENTRIES;
	uint32_t length = 0;

	if (!hostile_on() || size < 128)
		return used;
	if (option_is("madt", "duplicate"))
		entry[8 + ENTRY_APIC_ID] = entry[ENTRY_APIC_ID];
	else if (option_is("madt", "length"))
		entry[ENTRY_LENGTH] = 0;
	else if (option_is("madt", "entry"))
		entry[ENTRY_LENGTH] = 0xff;
	else if (option_is("madt", "long"))
		length = 0xffffffff;
	else if (option_is("madt", "short"))
		length = MADT_ENTRIES - 1;
	else if (option_is("madt", "signature"))
		p[0] = 'X';
	else if (option_is("madt", "absent"))
		memset(madt, 0, size);
	else if (option_is("madt", "crowded"))
		return crowd(p, size);
	if (length)
		memcpy(p + MADT_LENGTH, &length, sizeof(length));
	return used;
}
