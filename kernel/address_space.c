/* SPDX-License-Identifier: MIT */
/*
 * See address_space.h. Only the calling CPU can hold translations of the space:
 * whoever takes it next loads CR3, which drops what was held before.
 */
#include <string.h>

#include "kernel/address_space.h"
#include "kernel/frames.h"
#include "kernel/paging.h"
#include "kernel/x86_insn.h"

#define TABLE_FLAGS (PTE_P | PTE_W | PTE_U | PTE_A)
#define PTE_SHARED BIT(9)   /* ours: the page is not of the stock */
#define PTE_IS_LEAF BIT(10) /* ours: mapped, though it may have no rights at all */
#define LEVELS 4U

/* ---- The stock ---- */

static void put(struct address_space *space, void *page)
{
	*(void **)page = space->stock;
	space->stock = page;
	space->free++;
}

static void *take(struct address_space *space)
{
	void *page = space->stock;

	if (!page) {
		space->out_of_memory = true;
		return NULL;
	}
	space->stock = *(void **)page;
	space->free--;
	memset(page, 0, PAGE_SIZE);
	return page;
}

bool space_create(struct address_space *space, void *memory, uint64_t pages)
{
	*space = (struct address_space){.total = pages};
	for (uint64_t i = pages; i-- > 0;)
		put(space, (uint8_t *)memory + i * PAGE_SIZE);
	space->root = take(space);
	if (!space->root)
		return false;
	space->root[PT_ENTRIES - 1] = paging_kernel_entry();
	return true;
}

uint64_t space_cr3(const struct address_space *space)
{
	return spa_of(space->root).value | paging_private_mask();
}

/* ---- Tables ---- */

static uint64_t *entry_in(uint64_t *table, uint64_t address, unsigned int level)
{
	return &table[address >> (PAGE_SHIFT + 9 * (level - 1)) & (PT_ENTRIES - 1)];
}

static void *target(uint64_t entry)
{
	return spa_pointer((struct spa){entry & PTE_ADDR_MASK & ~paging_private_mask()});
}

/* The leaf entry for @address, or NULL if a table is missing. */
static uint64_t *find(const struct address_space *space, uint64_t address)
{
	uint64_t *table = space->root;

	for (unsigned int level = LEVELS; level > 1; level--) {
		uint64_t entry = *entry_in(table, address, level);

		if (!entry)
			return NULL;
		table = target(entry);
	}
	return entry_in(table, address, 1);
}

static uint64_t *find_or_make(struct address_space *space, uint64_t address)
{
	uint64_t *table = space->root;

	for (unsigned int level = LEVELS; level > 1; level--) {
		uint64_t *entry = entry_in(table, address, level);

		if (!*entry) {
			void *page = take(space);

			if (!page)
				return NULL;
			*entry = spa_of(page).value | TABLE_FLAGS | paging_private_mask();
		}
		table = target(*entry);
	}
	return entry_in(table, address, 1);
}

static uint64_t flags_of(unsigned int rights)
{
	return PTE_IS_LEAF | (rights ? PTE_P | PTE_U | PTE_A : 0) |
	       (rights & SPACE_WRITE ? PTE_W | PTE_D : 0) | (rights & SPACE_EXEC ? 0 : PTE_NX);
}

static unsigned int rights_of(uint64_t entry)
{
	if (!(entry & PTE_P))
		return 0;
	return SPACE_READ | (entry & PTE_W ? SPACE_WRITE : 0) | (entry & PTE_NX ? 0 : SPACE_EXEC);
}

/* ---- Mapping ---- */

static bool map_page(
	struct address_space *space, uint64_t address, const void *page, uint64_t flags)
{
	uint64_t *entry = find_or_make(space, address);

	if (!entry || *entry)
		return false;
	*entry = spa_of(page).value | flags | paging_private_mask();
	return true;
}

bool space_add(struct address_space *space, uint64_t start, uint64_t bytes, unsigned int rights)
{
	for (uint64_t done = 0; done < bytes; done += PAGE_SIZE) {
		void *page = take(space);

		if (page && map_page(space, start + done, page, flags_of(rights)))
			continue;
		if (page)
			put(space, page);
		space_remove(space, start, done);
		return false;
	}
	return true;
}

bool space_share(struct address_space *space, uint64_t start, const void *memory, uint64_t bytes,
	unsigned int rights)
{
	uint64_t flags = flags_of(rights & ~SPACE_WRITE) | PTE_SHARED;

	for (uint64_t done = 0; done < bytes; done += PAGE_SIZE)
		if (!map_page(space, start + done, (const uint8_t *)memory + done, flags))
			return false;
	return true;
}

void space_remove(struct address_space *space, uint64_t start, uint64_t bytes)
{
	for (uint64_t done = 0; done < bytes; done += PAGE_SIZE) {
		uint64_t *entry = find(space, start + done);

		if (!entry || !*entry)
			continue;
		if (!(*entry & PTE_SHARED))
			put(space, target(*entry));
		*entry = 0;
		invlpg((struct va){start + done});
	}
}

bool space_is_mapped(const struct address_space *space, uint64_t start, uint64_t bytes)
{
	for (uint64_t done = 0; done < bytes; done += PAGE_SIZE) {
		const uint64_t *entry = find(space, start + done);

		if (!entry || !*entry)
			return false;
	}
	return true;
}

bool space_is_free(const struct address_space *space, uint64_t start, uint64_t bytes)
{
	for (uint64_t done = 0; done < bytes; done += PAGE_SIZE) {
		const uint64_t *entry = find(space, start + done);

		if (entry && *entry)
			return false;
	}
	return true;
}

static bool all_have(
	const struct address_space *space, uint64_t start, uint64_t bytes, unsigned int rights)
{
	for (uint64_t done = 0; done < bytes; done += PAGE_SIZE) {
		const uint64_t *entry = find(space, start + done);

		if (!entry || !*entry || (rights & ~rights_of(*entry)))
			return false;
	}
	return true;
}

bool space_restrict(
	struct address_space *space, uint64_t start, uint64_t bytes, unsigned int rights)
{
	if (!all_have(space, start, bytes, rights))
		return false;
	for (uint64_t done = 0; done < bytes; done += PAGE_SIZE) {
		uint64_t *entry = find(space, start + done);

		*entry = (*entry & (PTE_ADDR_MASK | PTE_SHARED)) | flags_of(rights);
		invlpg((struct va){start + done});
	}
	return true;
}

void *space_pointer(const struct address_space *space, uint64_t address)
{
	const uint64_t *entry = find(space, address);

	if (!entry || !*entry)
		return NULL;
	return (uint8_t *)target(*entry) + (address & (PAGE_SIZE - 1));
}
