/* SPDX-License-Identifier: MIT */
/*
 * The paravisor's own page tables: one set for all CPUs, built by stage 2,
 * every page of the image with no more rights than it needs (W^X). Everything
 * is supervisor-only. kernel/layout.h shows the address space.
 */
#ifndef NACRE_KERNEL_PAGING_H
#define NACRE_KERNEL_PAGING_H

#include "addr.h"
#include "compiler.h"
#include "x86.h"

#define MAP_DATA (PTE_P | PTE_W | PTE_A | PTE_D | PTE_NX)
#define MAP_READ_ONLY (PTE_P | PTE_A | PTE_NX)
#define MAP_CODE (PTE_P | PTE_A)

/* Builds the tables and returns the value for CR3. Private mappings get @private_mask. */
uint64_t paging_build(uint64_t private_mask);
uint64_t paging_root(void);
extern uint64_t paging_private_bits;
static inline uint64_t paging_private_mask(void)
{
	return paging_private_bits;
}

/*
 * The entry for @va in the table of @level (1: 4 KiB page, 2: page directory).
 * Missing tables are allocated, and a large page above that level is split.
 */
uint64_t *paging_entry(struct va va, unsigned int level);

/* Maps private memory; 2 MiB pages where both addresses allow it. */
void paging_map(struct va va, uint64_t physical, uint64_t bytes, uint64_t flags);

/* Undoes that; what is not mapped is passed over. 2 MiB pages go as a whole. */
void paging_unmap(struct va va, uint64_t bytes);

/* The PML4's last entry: all of the kernel's addresses, for services' tables. */
uint64_t paging_kernel_entry(void);

/* Makes a mapped page shared with the host, on this CPU; no other may have used it. */
void paging_set_shared(struct va va);

/* Takes the right to write from what is written during start only. */
void paging_seal_once(void);

#endif
