/* SPDX-License-Identifier: MIT */
/* The guest's page tables (memory.h). */
#include "memory.h"

#include "guest.h"
#include "insn.h"

extern uint64_t guest_pdpt_private[], guest_pdpt_shared[];

static uint64_t next_window = WINDOW_BASE;

static uint64_t *table_of(uint64_t entry)
{
	return private_view(entry & PTE_ADDR_MASK & ~guest.c_mask);
}

void paging_init(bool load)
{
	uint64_t flags = PTE_P | PTE_W | guest.c_mask;

	guest_pml4[0] = (uint64_t)guest_pdpt_private | flags;
	guest_pml4[SHARED_BASE >> 39] = (uint64_t)guest_pdpt_shared | flags;
	for (uint64_t i = 0; i < PT_ENTRIES; i++) {
		guest_pdpt_private[i] = i * GIB | PTE_PS | flags;
		guest_pdpt_shared[i] = i * GIB | PTE_PS | PTE_P | PTE_W | PTE_NX;
	}
	if (load)
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
	write_cr3((uint64_t)guest_pml4 | guest.c_mask);
}

static uint32_t index_at(uint64_t va, uint32_t level)
{
	return va >> (PAGE_SHIFT + 9 * level) & (PT_ENTRIES - 1);
}

uint64_t *paging_entry(uint64_t va, uint32_t level)
{
	uint64_t *table = guest_pml4;

	for (uint32_t at = 3; at > level; at--)
		table = table_of(table[index_at(va, at)]);
	return &table[index_at(va, level)];
}

void paging_map(uint64_t va, uint64_t pte)
{
	for (uint32_t level = 3; level; level--) {
		uint64_t *entry = paging_entry(va, level);

		if (!*entry)
			*entry = (uint64_t)page_alloc() | PTE_P | PTE_W | PTE_U | guest.c_mask;
	}
	*paging_entry(va, 0) = pte;
	invlpg((const void *)va);
}

uint64_t paging_window(void)
{
	next_window += PAGE_SIZE;
	return next_window - PAGE_SIZE;
}

uint64_t pte_private(uint64_t gpa)
{
	return gpa | PTE_P | PTE_W | guest.c_mask;
}

uint64_t pte_user(uint64_t gpa)
{
	return gpa | PTE_P | PTE_W | PTE_U | guest.c_mask;
}
