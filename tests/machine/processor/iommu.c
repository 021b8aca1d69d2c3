/* SPDX-License-Identifier: MIT */
/*
 * QEMU's intel-iommu with second-level tables of our own (iommu.h). Register
 * and table layouts: Intel VT-d specification, chapters 9 and 11. A region of
 * 2 MiB that is shared as a whole is one large page, else a table.
 */
#include "iommu.h"
#include "rmp.h"
#include "x86.h"

#define REG_VERSION 0x00
#define REG_CAP 0x08
#define REG_ECAP 0x10
#define REG_GCMD 0x18
#define REG_GSTS 0x1c
#define REG_RTADDR 0x20
#define REG_CCMD 0x28
#define REG_FSTS 0x34
#define GCMD_TE BIT(31)
#define GCMD_SRTP BIT(30)
#define CCMD_GLOBAL (BIT(63) | 1UL << 61)
#define IOTLB_GLOBAL (BIT(63) | 1UL << 60)
#define FSTS_PENDING BIT(1)
#define FRCD_FAULT BIT(63)
#define CONTEXT_WIDTH_48 2U
#define DOMAIN 1U
#define SL_READ BIT(0)
#define SL_WRITE BIT(1)
#define SL_LARGE BIT(7)
#define SL_RW (SL_READ | SL_WRITE)

struct table_entry {
	uint64_t low, high;
};

static bool present;
static uint64_t *sl_root;
static uint32_t iotlb_offset, fault_offset;

static volatile uint32_t *reg32(uint32_t offset)
{
	return phys(IOMMU_BASE + offset);
}

static volatile uint64_t *reg64(uint32_t offset)
{
	return phys(IOMMU_BASE + offset);
}

static void command(uint64_t bit)
{
	*reg32(REG_GCMD) = (*reg32(REG_GSTS) & (uint32_t)GCMD_TE) | (uint32_t)bit;
	while (!(*reg32(REG_GSTS) & bit))
		;
}

static void flush_iotlb(void)
{
	*reg64(iotlb_offset + 8) = IOTLB_GLOBAL;
	while (*reg64(iotlb_offset + 8) & BIT(63))
		;
}

static uint64_t *descend(uint64_t *table, uint64_t index)
{
	index %= PT_ENTRIES;
	if (!table[index])
		table[index] = (uint64_t)alloc_page() | SL_RW;
	return phys(table[index] & PTE_ADDR_MASK);
}

static uint64_t *region_entry(uint64_t gpn)
{
	uint64_t *table = descend(sl_root, gpn >> 27);

	table = descend(table, gpn >> 18);
	return &table[gpn >> 9 & (PT_ENTRIES - 1)];
}

static uint64_t leaf(uint64_t gpn)
{
	frame_t frame = gpn_is_ram(gpn) ? host_map(gpn) : NO_FRAME;

	if (frame == NO_FRAME || rmp_read(frame).flags & RMP_ASSIGNED)
		return 0;
	return frame_pa(frame) | SL_RW;
}

static uint64_t *leaf_table(uint64_t gpn)
{
	uint64_t *entry = region_entry(gpn), *table;
	uint64_t first = ALIGN_DOWN(gpn, PAGES_PER_2M);

	if (*entry && !(*entry & SL_LARGE))
		return phys(*entry & PTE_ADDR_MASK);
	table = alloc_page();
	for (uint32_t i = 0; i < PAGES_PER_2M; i++)
		table[i] = leaf(first + i);
	*entry = (uint64_t)table | SL_RW;
	return table;
}

/* A whole region turned private or shared needs no table if it has none yet. */
static bool sync_whole(uint64_t gpn, uint64_t count)
{
	uint64_t *entry = region_entry(gpn);

	if (count != PAGES_PER_2M || (*entry && !(*entry & SL_LARGE)))
		return false;
	*entry = leaf(gpn) ? leaf(gpn) | SL_LARGE : 0;
	return true;
}

void iommu_sync(uint64_t gpn, uint64_t count)
{
	if (!present)
		return;
	for (uint64_t g = gpn; g < gpn + count && !sync_whole(gpn, count); g++)
		leaf_table(g)[g % PAGES_PER_2M] = leaf(g);
	flush_iotlb();
}

/* At the start all RAM is shared; the windows are none of the devices'. */
static void map_ram(void)
{
	for (uint32_t i = 0; i < guest_ram_count; i++) {
		uint64_t first = guest_ram[i].base >> PAGE_SHIFT;
		uint64_t end = first + (guest_ram[i].size >> PAGE_SHIFT);

		for (uint64_t g = first; g + PAGES_PER_2M <= end; g += PAGES_PER_2M)
			*region_entry(g) = leaf(g) | SL_LARGE;
		if (end % PAGES_PER_2M)
			leaf_table(end);
	}
}

/* Every device of every bus has the one domain. */
static uint64_t make_root(void)
{
	struct table_entry *root = alloc_page();

	for (uint32_t bus = 0; bus < PAGE_SIZE / sizeof(*root); bus++) {
		struct table_entry *context = alloc_page();

		for (uint32_t i = 0; i < PAGE_SIZE / sizeof(*context); i++) {
			context[i].low = (uint64_t)sl_root | 1;
			context[i].high = CONTEXT_WIDTH_48 | DOMAIN << 8;
		}
		root[bus].low = (uint64_t)context | 1;
	}
	return (uint64_t)root;
}

void iommu_init(void)
{
	present = option_is("iommu", "on");
	if (!present) {
		log_print("iommu: off: device DMA to private pages is not caught\n");
		return;
	}
	if (*reg32(REG_VERSION) == ~0U || !*reg32(REG_VERSION))
		machine_fault("QEMU has no intel-iommu device at %lx", IOMMU_BASE);
	iotlb_offset = (uint32_t)(*reg64(REG_ECAP) >> 8 & 0x3ff) * 16;
	fault_offset = (uint32_t)(*reg64(REG_CAP) >> 24 & 0x3ff) * 16;
	sl_root = alloc_page();
	map_ram();
	*reg64(REG_RTADDR) = make_root();
	command(GCMD_SRTP);
	*reg64(REG_CCMD) = CCMD_GLOBAL;
	flush_iotlb();
	command(GCMD_TE);
}

void iommu_check(void)
{
	uint64_t low, high;

	if (!present || !(*reg32(REG_FSTS) & FSTS_PENDING))
		return;
	low = *reg64(fault_offset);
	high = *reg64(fault_offset + 8);
	if (high & FRCD_FAULT)
		run_end("guest-fault device %lx DMA %s gpa %lx: the page is private or no memory",
			high & 0xffff, high & BIT(62) ? "read" : "write", low & ~0xfffUL);
}
