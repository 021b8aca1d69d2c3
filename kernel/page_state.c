/* SPDX-License-Identifier: MIT */
/*
 * The page-state map; see page_state.h. A 2 MiB block's 512 bytes are handled
 * as 64 words; a block is locked word by word, and given back if one is taken.
 */
#include <string.h>

#include "kernel/page_state.h"
#include "kernel/x86_insn.h"

#define WORDS_PER_BLOCK (PAGES_PER_2M / sizeof(uint64_t))
#define REPEAT 0x0101010101010101ULL
#define LOCK_TRIES 1000U

/* Words laid over the bytes. */
typedef uint64_t __attribute__((may_alias)) state_word;

static struct ram_range ranges[RAM_RANGES_MAX] SECTION(".bss.once");
static unsigned int range_count SECTION(".bss.once");
static uint8_t *states SECTION(".bss.once");

void page_state_init(const struct memory_map *map, void *memory)
{
	memcpy(ranges, map->ranges, sizeof(ranges));
	range_count = map->count;
	states = memory;
}

static uint8_t *entry_in(const struct ram_range *range, uint64_t page)
{
	uint64_t block = ALIGN_DOWN(range->base, PAGE_2M_SIZE);

	return &states[range->first_state + ((page - block) >> PAGE_SHIFT)];
}

bool guest_range_search(struct guest_range_hint *hint, uint64_t address, uint64_t bytes)
{
	for (const struct ram_range *range = ranges; range < ranges + range_count; range++) {
		if (address < range->base || address >= range->end)
			continue;
		hint->base = range->base;
		hint->bytes = range->end - range->base;
		hint->entry = entry_in(range, range->base);
		return range->end - address >= bytes;
	}
	return false;
}

bool guest_range_check(uint64_t address, uint64_t bytes, struct gpa *checked, uint8_t **entry)
{
	struct guest_range_hint hint = {0};

	return guest_range_check_near(&hint, address, bytes, checked, entry);
}

void page_state_fill(uint64_t base, uint64_t bytes, uint8_t state)
{
	uint64_t end = base + bytes;

	for (unsigned int i = 0; i < range_count; i++) {
		const struct ram_range *range = &ranges[i];
		uint64_t from = base > range->base ? base : range->base;
		uint64_t to = end < range->end ? end : range->end;

		if (from < to)
			memset(entry_in(range, from), state, (to - from) >> PAGE_SHIFT);
	}
}

enum page_lock page_lock_wait(uint8_t *entry, uint8_t *state)
{
	for (unsigned int tries = 0; tries < LOCK_TRIES; tries++) {
		if (page_lock(entry, state) == PAGE_LOCKED)
			return PAGE_LOCKED;
		cpu_pause();
	}
	return PAGE_LOCK_BUSY;
}

static void unlock_words(state_word *words, unsigned int count, uint64_t value)
{
	for (unsigned int i = 0; i < count; i++)
		__atomic_store_n(&words[i], value, __ATOMIC_RELEASE);
}

enum page_lock page_lock_2m(uint8_t *entry, uint8_t *state)
{
	state_word *words = (state_word *)entry;
	uint64_t common = *entry * REPEAT;

	*state = *entry;
	if (*state & PAGE_STATE_BUSY)
		return PAGE_LOCK_BUSY;
	for (unsigned int i = 0; i < WORDS_PER_BLOCK; i++) {
		uint64_t seen = common;

		if (__atomic_compare_exchange_n(&words[i], &seen, common | PAGE_STATE_BUSY * REPEAT,
			    false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			continue;
		unlock_words(words, i, common);
		return seen & PAGE_STATE_BUSY * REPEAT ? PAGE_LOCK_BUSY : PAGE_LOCK_MIXED;
	}
	return PAGE_LOCKED;
}

void page_unlock_2m(uint8_t *entry, uint8_t state)
{
	unlock_words((state_word *)entry, WORDS_PER_BLOCK, state * REPEAT);
}

bool page_block_is_plain(const uint8_t *entry)
{
	for (unsigned int i = 0; i < PAGES_PER_2M; i++) {
		uint8_t state = entry[i] & ~PAGE_STATE_BUSY;

		if (state != PAGE_STATE_INVALID && state != PAGE_STATE_GUEST)
			return false;
	}
	return true;
}
