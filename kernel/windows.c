/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU mapping windows; see windows.h. Host tests replace this file by one
 * that points into an array.
 */
#include "kernel/windows.h"
#include "kernel/paging.h"
#include "kernel/x86_insn.h"

void windows_create(struct cpu *cpu)
{
	uint64_t first = (uint64_t)cpu->index * WINDOWS_PER_CPU * PAGE_SIZE;

	cpu->window_va = (struct va){VA_WINDOWS_4K + first};
	cpu->window_entries = paging_entry(cpu->window_va, 1);
	cpu->window_2m_va = (struct va){VA_WINDOWS_2M + cpu->index * PAGE_2M_SIZE};
	cpu->window_2m = paging_entry(cpu->window_2m_va, 2);
}

struct va window_map(struct cpu *cpu, enum window window, uint64_t page)
{
	struct va va = va_add(cpu->window_va, window * PAGE_SIZE);

	cpu->window_entries[window] = page | MAP_DATA | paging_private_mask();
	invlpg(va);
	return va;
}

struct va window_map_2m(struct cpu *cpu, uint64_t page)
{
	*cpu->window_2m = page | MAP_DATA | PTE_PS | paging_private_mask();
	invlpg(cpu->window_2m_va);
	return cpu->window_2m_va;
}

void window_unmap(struct cpu *cpu, enum window window)
{
	cpu->window_entries[window] = 0;
	invlpg(va_add(cpu->window_va, window * PAGE_SIZE));
}

void window_unmap_2m(struct cpu *cpu)
{
	*cpu->window_2m = 0;
	invlpg(cpu->window_2m_va);
}
