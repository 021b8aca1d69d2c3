/* SPDX-License-Identifier: MIT */
/*
 * The page-state map: one byte for each 4 KiB page of guest RAM, holding what
 * the page is and a lock bit. Every request that names a guest page takes that
 * page's lock and finds its state, so that double validation, a save area that
 * is also data, and a request for the paravisor's own memory are refused
 * by construction, and two CPUs at one page are decided here, page by page.
 */
#ifndef NACRE_KERNEL_PAGE_STATE_H
#define NACRE_KERNEL_PAGE_STATE_H

#include "addr.h"
#include "compiler.h"
#include "kernel/index_mask.h"
#include "kernel/memory_map.h"

enum page_state {
	PAGE_STATE_OWN = 0,     /* the paravisor's, or no RAM: not the guest's to name */
	PAGE_STATE_INVALID = 1, /* guest RAM, not validated */
	PAGE_STATE_GUEST = 2,   /* validated, granted to the guest */
	PAGE_STATE_VCPU = 3,    /* a vCPU's save area */
	PAGE_STATE_LOST = 4,    /* the host has changed frames while its validity changed */
};
#define PAGE_STATE_MASK 0x0fU
#define PAGE_STATE_CALLING_AREA 0x40U /* with PAGE_STATE_GUEST: 8 bytes are the paravisor's */
#define PAGE_STATE_BUSY 0x80U         /* locked */

/* Sets the map's memory, all zero, and the RAM it stands for; once. */
void page_state_init(const struct memory_map *map, void *states);

/* Marks whole pages; before the guest runs only. */
void page_state_fill(uint64_t base, uint64_t bytes, uint8_t state);

/*
 * Whether [address, address + bytes) lies in one range of guest RAM; if so, the
 * address in its checked type and the state byte of its first page. What the
 * page is shows when it is locked. This is the only way from a guest's number
 * to a struct gpa.
 */
MUST_CHECK bool guest_range_check(
	uint64_t address, uint64_t bytes, struct gpa *checked, uint8_t **entry);

/*
 * The range that the last address of a list lay in, all zero at first: where
 * the next one lies there too, the same check needs no search.
 */
struct guest_range_hint {
	uint64_t base, bytes;
	uint8_t *entry; /* of the page at @base */
};

/* Makes @hint the range in which [address, address + bytes) lies, if there is one. */
MUST_CHECK bool guest_range_search(struct guest_range_hint *hint, uint64_t address, uint64_t bytes);

MUST_CHECK static inline bool guest_range_check_near(struct guest_range_hint *hint,
	uint64_t address, uint64_t bytes, struct gpa *checked, uint8_t **entry)
{
	uint64_t offset = address - hint->base;

	/* Ranges end at page boundaries: an aligned page that begins in one ends in it. */
	bool one_page = bytes == PAGE_SIZE && IS_ALIGNED(address, PAGE_SIZE);

	if (UNLIKELY(offset >= hint->bytes || (!one_page && hint->bytes - offset < bytes))) {
		if (!guest_range_search(hint, address, bytes))
			return false;
		offset = address - hint->base;
	}
	checked->value = address;
	offset &= index_mask(offset, hint->bytes);
	*entry = hint->entry + (offset >> PAGE_SHIFT);
	return true;
}

enum page_lock {
	PAGE_LOCKED = 0,
	PAGE_LOCK_BUSY = 1,  /* another CPU has (one of) them */
	PAGE_LOCK_MIXED = 2, /* the pages of the block differ in state */
};

/* Locks a page; *@state is what it was. */
static inline enum page_lock page_lock(uint8_t *entry, uint8_t *state)
{
	uint8_t seen = __atomic_load_n(entry, __ATOMIC_RELAXED);

	*state = seen;
	if (UNLIKELY(seen & PAGE_STATE_BUSY))
		return PAGE_LOCK_BUSY;
	return __atomic_compare_exchange_n(entry, &seen, seen | PAGE_STATE_BUSY, false,
		       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)
		       ? PAGE_LOCKED
		       : PAGE_LOCK_BUSY;
}

/* Unlocks a page, giving it @state. */
static inline void page_unlock(uint8_t *entry, uint8_t state)
{
	__atomic_store_n(entry, state, __ATOMIC_RELEASE);
}

/* Unlocks a page as it was; a calling area's mark may have gone meanwhile. */
static inline void page_unlock_unchanged(uint8_t *entry)
{
	__atomic_fetch_and(entry, (uint8_t)~PAGE_STATE_BUSY, __ATOMIC_RELEASE);
}

/* As page_lock(), but tries for a bounded time when another CPU has the page. */
enum page_lock page_lock_wait(uint8_t *entry, uint8_t *state);

/*
 * The same for the 512 pages of a 2 MiB block, @entry being the first's: all or
 * none. *@state is what all of them were; it means nothing if they differ.
 */
enum page_lock page_lock_2m(uint8_t *entry, uint8_t *state);
void page_unlock_2m(uint8_t *entry, uint8_t state);

/* Whether each page of the block is plain guest memory, validated or not. */
bool page_block_is_plain(const uint8_t *entry);

#endif
