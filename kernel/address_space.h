/* SPDX-License-Identifier: MIT */
/*
 * The address space of a service: the lower half is its own, the last entry of
 * the PML4 the kernel's, which ring 3 cannot use. All pages come from a stock
 * that is the service's budget: its page tables and its memory. Used by one CPU
 * at a time, the one that holds the service.
 */
#ifndef NACRE_KERNEL_ADDRESS_SPACE_H
#define NACRE_KERNEL_ADDRESS_SPACE_H

#include "compiler.h"

#define SPACE_READ 1U
#define SPACE_WRITE 2U
#define SPACE_EXEC 4U

struct address_space {
	uint64_t *root;
	void *stock;        /* free pages, each with a pointer to the next at its start */
	uint64_t free;      /* how many */
	uint64_t total;     /* how many there were */
	bool out_of_memory; /* a page was wanted once that was not there */
};

/*
 * Makes an empty address space over @pages pages at @memory, which stay the
 * space's for good. False if there is not even one for the root.
 */
MUST_CHECK bool space_create(struct address_space *space, void *memory, uint64_t pages);

/* The value for CR3. */
uint64_t space_cr3(const struct address_space *space);

/* New cleared pages at [start, start + bytes), page-aligned; false: the stock is empty. */
MUST_CHECK bool space_add(
	struct address_space *space, uint64_t start, uint64_t bytes, unsigned int rights);

/* Maps the kernel's own pages at @memory, for reading and executing alone. */
MUST_CHECK bool space_share(struct address_space *space, uint64_t start, const void *memory,
	uint64_t bytes, unsigned int rights);

/* Takes pages out and gives those of the stock back; what is not mapped is passed over. */
void space_remove(struct address_space *space, uint64_t start, uint64_t bytes);

/* Whether all, or none, of the pages are mapped. */
bool space_is_mapped(const struct address_space *space, uint64_t start, uint64_t bytes);
bool space_is_free(const struct address_space *space, uint64_t start, uint64_t bytes);

/*
 * Takes away the rights that are not in @rights. False, and nothing done, when a
 * page is not mapped or lacks one that is.
 */
MUST_CHECK bool space_restrict(
	struct address_space *space, uint64_t start, uint64_t bytes, unsigned int rights);

/* Where the kernel reaches the byte at @address of a mapped page; NULL: not mapped. */
void *space_pointer(const struct address_space *space, uint64_t address);

#endif
