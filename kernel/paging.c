/* SPDX-License-Identifier: MIT */
/*
 * The paravisor's page tables; see paging.h. paging_build() runs in stage 2,
 * on the bootstrap table; everything else on the tables it made.
 */
#include "kernel/paging.h"
#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/layout.h"
#include "kernel/x86_insn.h"

#define TABLE_FLAGS (PTE_P | PTE_W | PTE_A)

typedef uint64_t table[PT_ENTRIES] ALIGNED(4096);

static table pml4, pdpt, pd_region, pt_region[REGION_SIZE / PAGE_2M_SIZE], pd_windows, pd_small,
	pd_map;
uint64_t paging_private_bits SECTION(".bss.once");

static uint64_t table_entry(const uint64_t *next)
{
	return spa_of(next).value | TABLE_FLAGS | paging_private_bits;
}

static uint64_t region_flags(const uint8_t *page)
{
	if (page < __text_end)
		return MAP_CODE;
	if (page < __rodata_end)
		return MAP_READ_ONLY;
	return MAP_DATA;
}

static void build_region(void)
{
	for (unsigned int i = 0; i < REGION_SIZE / PAGE_SIZE; i++) {
		uint64_t offset = i * PAGE_SIZE;

		pt_region[i / PT_ENTRIES][i % PT_ENTRIES] = (REGION_GPA + offset) |
							    paging_private_bits |
							    region_flags(__image_start + offset);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(pt_region); i++)
		pd_region[REGION_GPA / PAGE_2M_SIZE % PT_ENTRIES + i] = table_entry(pt_region[i]);
}

uint64_t paging_build(uint64_t mask)
{
	paging_private_bits = mask;
	build_region();
	pdpt[PDPT_REGION] = table_entry(pd_region);
	pdpt[PDPT_WINDOWS_2M] = table_entry(pd_windows);
	pdpt[PDPT_SMALL] = table_entry(pd_small);
	pdpt[PDPT_MAP] = table_entry(pd_map);
	pml4[PT_ENTRIES - 1] = table_entry(pdpt);
	return paging_root();
}

uint64_t paging_root(void)
{
	return spa_of(pml4).value | paging_private_bits;
}

uint64_t paging_kernel_entry(void)
{
	return pml4[PT_ENTRIES - 1];
}

/* The pages that a large page is made of, with its rights. */
static uint64_t split(uint64_t large)
{
	uint64_t *small = frames_need(1);

	for (unsigned int i = 0; i < PT_ENTRIES; i++)
		small[i] = (large & ~PTE_PS) + i * PAGE_SIZE;
	return table_entry(small);
}

static uint64_t *next_table(uint64_t *entry)
{
	if (!*entry)
		*entry = table_entry(frames_need(1));
	else if (*entry & PTE_PS)
		*entry = split(*entry);
	return spa_pointer((struct spa){*entry & PTE_ADDR_MASK & ~paging_private_bits});
}

uint64_t *paging_entry(struct va va, unsigned int level)
{
	uint64_t *current = pml4;

	for (unsigned int at = 4;; at--) {
		unsigned int shift = PAGE_SHIFT + 9 * (at - 1);
		uint64_t *entry = &current[va.value >> shift & (PT_ENTRIES - 1)];

		if (at == level)
			return entry;
		current = next_table(entry);
	}
}

static bool fits_2m(uint64_t va, uint64_t physical, uint64_t bytes)
{
	return IS_ALIGNED(va | physical, PAGE_2M_SIZE) && bytes >= PAGE_2M_SIZE;
}

void paging_map(struct va va, uint64_t physical, uint64_t bytes, uint64_t flags)
{
	uint64_t step;

	for (uint64_t done = 0; done < bytes; done += step) {
		struct va at = va_add(va, done);
		bool large = fits_2m(at.value, physical + done, bytes - done);

		step = large ? PAGE_2M_SIZE : PAGE_SIZE;
		*paging_entry(at, large ? 2 : 1) = (physical + done) | flags | paging_private_bits |
						   (large ? PTE_PS : 0);
	}
}

void paging_unmap(struct va va, uint64_t bytes)
{
	uint64_t step;

	for (uint64_t done = 0; done < bytes; done += step) {
		struct va at = va_add(va, done);
		uint64_t *entry = paging_entry(at, 2);

		step = PAGE_2M_SIZE - (at.value & (PAGE_2M_SIZE - 1));
		if (!*entry)
			continue;
		if (!(*entry & PTE_PS)) {
			entry = paging_entry(at, 1);
			step = PAGE_SIZE;
		}
		*entry = 0;
		invlpg(at);
	}
}

void paging_set_shared(struct va va)
{
	*paging_entry(va, 1) &= ~paging_private_bits;
	invlpg(va);
}

static void make_read_only(const uint8_t *start, const uint8_t *end)
{
	for (const uint8_t *page = start; page < end; page += PAGE_SIZE) {
		*paging_entry(va_of(page), 1) &= ~(PTE_W | PTE_D);
		invlpg(va_of(page));
	}
}

void paging_seal_once(void)
{
	make_read_only(__rodata_end, __once_data_end);
	make_read_only(__bss_start, __once_bss_end);
}
