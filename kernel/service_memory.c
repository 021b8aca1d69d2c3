/* SPDX-License-Identifier: MIT */
/*
 * How much of its budget a service uses; see service_memory.h.
 */
#include "kernel/service_memory.h"
#include "kernel/log.h"

#define STEP_PAGES (64 * KIB / PAGE_SIZE)
#define LINES 32U

static uint64_t pages_used(const struct service_slot *slot)
{
	return slot->space.total - slot->space.free;
}

static void say(struct service_slot *slot)
{
	slot->memory_told = pages_used(slot);
	log_info("nacre: service %s uses %lu of %lu KiB", slot->entry->name,
		slot->memory_told * PAGE_SIZE / KIB, slot->space.total * PAGE_SIZE / KIB);
}

void service_memory_ready(struct service_slot *slot)
{
	say(slot);
}

void service_memory_grown(struct service_slot *slot)
{
	uint64_t step = slot->space.total / LINES;

	if (step < STEP_PAGES)
		step = STEP_PAGES;
	if (slot->memory_told && pages_used(slot) >= slot->memory_told + step)
		say(slot);
}
