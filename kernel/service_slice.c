/* SPDX-License-Identifier: MIT */
/*
 * The time of services; see service_slice.h. A timer's interrupt is the reason
 * to look at the clock and nothing else, as is each system call: where no
 * interrupt comes, a service that makes calls is held to its time still.
 */
#include "kernel/service_slice.h"
#include "kernel/clock.h"
#include "kernel/timer.h"

static uint64_t passed(const struct service_slot *slot)
{
	return clock_now() - slot->time.began;
}

void slice_begin(struct service_slot *slot)
{
	uint64_t left = slot->entry->limit - slot->time.used;

	slot->time.slice = slot->entry->slice < left ? slot->entry->slice : left;
	slot->time.began = clock_now();
	timer_start(slot->time.slice);
}

bool slice_is_over(const struct service_slot *slot)
{
	return passed(slot) >= slot->time.slice;
}

void slice_interrupted(const struct service_slot *slot)
{
	uint64_t now = passed(slot);

	timer_acknowledge();
	if (now < slot->time.slice)
		timer_start(slot->time.slice - now);
}

void slice_end(struct service_slot *slot)
{
	uint64_t now = passed(slot);

	timer_stop();
	slot->time.used += now < slot->time.slice ? now : slot->time.slice;
	if (slot->state == SERVICE_RUNS && slot->time.used >= slot->entry->limit)
		service_end(slot, SERVICE_ENDED_TIME, slot->time.used);
}
