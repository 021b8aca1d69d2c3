/* SPDX-License-Identifier: MIT */
/*
 * What the host tells the guest of its machine in IGVM parameters: memory map,
 * MADT, device tree.
 */
#include "host.h"
#include "hostile.h"
#include "igvm.h"

#define MADT_LAPIC 0
#define MADT_IOAPIC 1
#define MADT_OVERRIDE 2
#define MADT_LAPIC_NMI 4

struct madt_header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem_id[6], oem_table_id[8];
	uint32_t oem_revision, creator_id, creator_revision;
	uint32_t lapic_address, flags;
} PACKED;

uint32_t host_memory_map(void *buffer, uint32_t size)
{
	struct igvm_memory_map_entry *map = buffer;

	memset(buffer, 0, size);
	for (uint32_t i = 0; i < guest_ram_count; i++) {
		map[i].starting_gpa_page_number = guest_ram[i].base >> PAGE_SHIFT;
		map[i].number_of_pages = guest_ram[i].size >> PAGE_SHIFT;
		map[i].entry_type = IGVM_MEMORY_RAM;
	}
	hostile_memory_map(buffer, PAGE_SIZE);
	return PAGE_SIZE;
}

static uint8_t *put_lapics(uint8_t *p)
{
	for (uint32_t i = 0; i < cpu_count; i++) {
		uint8_t entry[8] = {MADT_LAPIC, 8, (uint8_t)i, (uint8_t)vcpus[i].apic_id, 1};

		memcpy(p, entry, sizeof(entry));
		p += sizeof(entry);
	}
	return p;
}

static uint8_t *put_interrupts(uint8_t *p)
{
	static const uint8_t ioapic[12] = {MADT_IOAPIC, 12, 0, 0, 0, 0, 0xc0, 0xfe};
	static const uint8_t timer[10] = {MADT_OVERRIDE, 10, 0, 0, 2};
	static const uint8_t sci[10] = {MADT_OVERRIDE, 10, 0, 9, 9, 0, 0, 0, 0xd};
	static const uint8_t nmi[6] = {MADT_LAPIC_NMI, 6, 0xff, 0, 0, 1};

	memcpy(p, ioapic, sizeof(ioapic));
	p += sizeof(ioapic);
	memcpy(p, timer, sizeof(timer));
	p += sizeof(timer);
	memcpy(p, sci, sizeof(sci));
	p += sizeof(sci);
	memcpy(p, nmi, sizeof(nmi));
	return p + sizeof(nmi);
}

uint32_t host_madt(void *buffer, uint32_t size)
{
	struct madt_header *h = buffer;
	uint8_t *end, sum = 0;

	memset(buffer, 0, size);
	memcpy(h->signature, "APIC", 4);
	memcpy(h->oem_id, "NACRE ", 6);
	memcpy(h->oem_table_id, "MACHINE ", 8);
	h->revision = 3;
	h->lapic_address = 0xfee00000;
	h->flags = 1;
	end = put_interrupts(put_lapics((uint8_t *)(h + 1)));
	h->length = (uint32_t)(end - (uint8_t *)buffer);
	for (const uint8_t *p = buffer; p < end; p++)
		sum = (uint8_t)(sum + *p);
	h->checksum = (uint8_t)-sum;
	return hostile_madt(buffer, size, h->length);
}

/* An empty tree: header, no reservations, a root node without properties. */
uint32_t host_device_tree(void *buffer, uint32_t size)
{
	static const uint32_t words[] = {
		0xd00dfeed, 72, 56, 72, 40, 17, 16, 0, 0, 16, /* header */
		0, 0, 0, 0,                                   /* no reservations */
		1, 0, 2, 9,                                   /* root node, end */
	};
	uint32_t *p = buffer;

	memset(buffer, 0, size);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		p[i] = __builtin_bswap32(words[i]);
	return sizeof(words);
}
