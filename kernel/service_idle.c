/* SPDX-License-Identifier: MIT */
/*
 * See service_idle.h. Nobody waits for the answer: the request has no caller, so that
 * whoever calls the service meanwhile goes on with it (kernel/service_request.c).
 */
#include "kernel/service_idle.h"
#include "kernel/services.h"
#include "svsm.h"

/* Between two slices of such a request. */
static bool is_at_it(const struct service_slot *slot)
{
	return slot->state == SERVICE_RUNS && slot->has_request &&
	       slot->request.kind == SERVICE_REQUEST_IDLE;
}

static bool has_work(const struct service_slot *slot)
{
	return service_is_announced(slot) && !slot->is_done &&
	       slot->announcement.flags & SERVICE_WANTS_IDLE &&
	       (slot->state == SERVICE_WAITS || is_at_it(slot));
}

static void work(struct service_slot *slot)
{
	uint32_t result;

	if (is_at_it(slot)) {
		result = service_resume(slot);
	} else {
		slot->caller = (struct service_caller){0};
		result = service_serve(slot, SERVICE_REQUEST_IDLE, 0, 0);
	}
	slot->is_done = result != SVSM_ERR_INCOMPLETE;
}

static bool try_one(struct service_slot *slot)
{
	bool worked;

	if (!has_work(slot) || !service_hold(slot))
		return false;
	worked = has_work(slot);
	if (worked)
		work(slot);
	service_release(slot);
	return worked;
}

bool services_idle(void)
{
	for (unsigned int i = 0; i < services_count(); i++)
		if (try_one(services_by_index(i)))
			return true;
	return false;
}
