/* SPDX-License-Identifier: MIT */
/*
 * The guest's memory: RAM is mapped twice, privately at its own address and
 * without the C-bit at SHARED_BASE. Pages come from the largest stretch of RAM
 * above the image and are never given back. A window of addresses is free for
 * mappings that a test makes entry by entry.
 */
#ifndef GUEST_MEMORY_H
#define GUEST_MEMORY_H

#include "compiler.h"

#define SHARED_BASE (2ULL << 39)
#define WINDOW_BASE (4ULL << 39)
#define PRIVATE_LIMIT (1ULL << 39)

/* The shared view of a page. */
static inline void *shared_view(uint64_t gpa)
{
	return (void *)(SHARED_BASE + gpa);
}

/* The private view. */
static inline void *private_view(uint64_t gpa)
{
	return (void *)gpa;
}

/* Private, validated, zeroed. Ends the run when there is none left. */
void *page_alloc(void);
void *pages_alloc(uint64_t count);
/* A private page that is not at a 2 MiB boundary and never granted: what a VMSA must be. */
void *page_alloc_vmsa(void);
/* A page made shared; returns its shared view, zeroed. */
void *page_alloc_shared(uint64_t *gpa);
/* RAM that nobody has touched: as the launch left it. @align a power of two. */
uint64_t region_take(uint64_t bytes, uint64_t align);

/* Whole changes of state, of one page: with the host and in the RMP; false if refused. */
MUST_CHECK bool page_make_private(uint64_t gpa);
MUST_CHECK bool page_make_shared(uint64_t gpa);

/*
 * Gives @vmpl the permissions @perms (RMP_PERM_*) on the image and on all pages
 * allocated so far and from now on. At VMPL 0 only.
 */
void memory_grant(uint32_t vmpl, uint32_t perms);

void memory_init(void);

/* --- Page tables --- */
extern uint64_t guest_pml4[];
/* Completes the tables the entry code made; loads them if @load. */
void paging_init(bool load);
/* Maps the page at @va, in the window, by the leaf entry @pte as it stands. */
void paging_map(uint64_t va, uint64_t pte);
/* The entry for @va at @level, 0 the leaf to 3 the PML4; the tables must be there. */
uint64_t *paging_entry(uint64_t va, uint32_t level);
/* An unused page of the window. */
uint64_t paging_window(void);
/* Leaf flags: a private page for the kernel, and for ring 3. */
uint64_t pte_private(uint64_t gpa);
uint64_t pte_user(uint64_t gpa);

#endif
