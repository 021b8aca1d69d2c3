/* SPDX-License-Identifier: MIT */
/*
 * Counts what a program has of malloc; see tests/vtpm/blocks.h. malloc's own figures would
 * not do: it gives a block some bytes more where a rest would be too small to keep, by what
 * happens to lie free. The list has no part in the heap.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tests/vtpm/blocks.h"

#define PLACES (1U << 15) /* more than twice as many as there are blocks */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void __real_free(void *at);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *at, size_t size);
void __wrap_free(void *at);

static struct {
	void *at; /* NULL: nothing is here */
	size_t size;
} list[PLACES];
static struct blocks total;

/* Where a block is looked for first; it may lie behind, but no free place between. */
static size_t home_of(const void *at)
{
	return (uintptr_t)at / 16 * 0x9e3779b1U % PLACES;
}

static size_t find(const void *at)
{
	size_t i = home_of(at);

	while (list[i].at && list[i].at != at)
		i = (i + 1) % PLACES;
	return i;
}

static void *add(void *at, size_t size)
{
	size_t i = find(at);

	if (!at)
		return NULL;
	if (list[i].at || ++total.count > PLACES / 2)
		abort();
	list[i].at = at;
	list[i].size = size;
	total.bytes += size;
	return at;
}

/* What lies behind in the same run is put in anew, since the run may end here now. */
static void remove_block(const void *at)
{
	size_t i = find(at);

	if (!at)
		return;
	if (!list[i].at)
		abort();
	total.count--;
	total.bytes -= list[i].size;
	list[i].at = NULL;
	for (i = (i + 1) % PLACES; list[i].at; i = (i + 1) % PLACES) {
		void *moved = list[i].at;
		size_t place;

		list[i].at = NULL;
		place = find(moved);
		list[place].at = moved;
		list[place].size = list[i].size;
	}
}

void *__wrap_malloc(size_t size)
{
	return add(__real_malloc(size), size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return add(__real_calloc(count, size), count * size);
}

void *__wrap_realloc(void *at, size_t size)
{
	void *now = __real_realloc(at, size);

	if (now || !size)
		remove_block(at);
	return add(now, size);
}

void __wrap_free(void *at)
{
	remove_block(at);
	__real_free(at);
}

struct blocks blocks_now(void)
{
	return total;
}
