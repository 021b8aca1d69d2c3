/* SPDX-License-Identifier: MIT */
/*
 * The frame allocator (frames.h): two stretches with a moving end each. Pages
 * are cleared when they are handed out; PVALIDATE left them unpredictable.
 */
#include <string.h>

#include "kernel/frames.h"
#include "ghcb.h"
#include "kernel/layout.h"
#include "kernel/panic.h"
#include "kernel/spinlock.h"
#include "platform.h"

#define STRETCHES 2U

static struct {
	struct spinlock lock;
	struct {
		uint64_t next, end; /* virtual */
	} stretch[STRETCHES];
	unsigned int count;
	bool closed;
} frames;

static struct spa map_area SECTION(".bss.once");

void frames_add(struct va start, uint64_t bytes)
{
	if (frames.count == STRETCHES || !bytes)
		return;
	frames.stretch[frames.count].next = start.value;
	frames.stretch[frames.count].end = start.value + bytes;
	frames.count++;
}

static void *take(unsigned int pages)
{
	for (unsigned int i = 0; i < frames.count && !frames.closed; i++) {
		uint64_t bytes = pages * PAGE_SIZE;

		if (frames.stretch[i].end - frames.stretch[i].next < bytes)
			continue;
		frames.stretch[i].next += bytes;
		return (void *)(frames.stretch[i].next - bytes);
	}
	return NULL;
}

void *frames_alloc(unsigned int pages)
{
	void *memory;

	spin_lock(&frames.lock);
	memory = take(pages);
	spin_unlock(&frames.lock);
	if (memory)
		memset(memory, 0, pages * PAGE_SIZE);
	return memory;
}

void frames_give_back(void *memory, unsigned int pages)
{
	spin_lock(&frames.lock);
	for (unsigned int i = 0; i < frames.count; i++)
		if (frames.stretch[i].next == (uint64_t)memory + pages * PAGE_SIZE)
			frames.stretch[i].next = (uint64_t)memory;
	spin_unlock(&frames.lock);
}

void frames_close(void)
{
	spin_lock(&frames.lock);
	frames.closed = true;
	spin_unlock(&frames.lock);
}

void *frames_need(unsigned int pages)
{
	void *memory = frames_alloc(pages);

	if (!memory)
		wipe_and_terminate(TERM_NACRE_NO_MEMORY);
	return memory;
}

void *frames_need_save_area(void)
{
	void *page = frames_need(1);

	return IS_ALIGNED(spa_of(page).value, PAGE_2M_SIZE) ? frames_need(1) : page;
}

uint64_t frames_free_bytes(void)
{
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < frames.count; i++)
		bytes += frames.stretch[i].end - frames.stretch[i].next;
	return bytes;
}

void spa_set_map_area(struct spa base)
{
	map_area = base;
}

struct spa spa_of(const volatile void *memory)
{
	uint64_t address = (uint64_t)memory;

	if (address >= VA_OFFSET)
		return (struct spa){address - VA_OFFSET};
	return (struct spa){address - VA_MAP + map_area.value};
}

void *spa_pointer(struct spa address)
{
	if (address.value - REGION_GPA < REGION_SIZE)
		return (void *)(address.value + VA_OFFSET);
	return (void *)(address.value - map_area.value + VA_MAP);
}
