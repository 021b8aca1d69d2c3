/* SPDX-License-Identifier: MIT */
/*
 * See fake_services.h.
 */
#include "fake_services.h"
#include "kernel/services_attend.h"
#include "kernel/services_init.h"
#include "svsm.h"

struct service_slot *fake_service;
uint32_t (*fake_service_serve)(struct service_slot *slot, uint32_t kind, uint32_t number);
unsigned int fake_service_pauses, fake_service_slices;

static unsigned int pauses_left;

unsigned int fake_attended;
void (*fake_on_attend)(struct cpu *cpu);

void services_attend(struct cpu *cpu)
{
	fake_attended++;
	if (fake_on_attend)
		fake_on_attend(cpu);
}

static struct service_slot *find(uint32_t protocol, bool announced)
{
	if (!fake_service || fake_service->announcement.protocol != protocol ||
		service_is_announced(fake_service) != announced)
		return NULL;
	return fake_service;
}

struct service_slot *services_find(uint32_t protocol)
{
	return find(protocol, true);
}

/* Always on its way back. */
struct service_slot *services_coming(uint32_t protocol)
{
	return find(protocol, false);
}

unsigned int services_count(void)
{
	return fake_service ? 1 : 0;
}

struct service_slot *services_by_index(unsigned int index)
{
	(void)index;
	return fake_service;
}

void service_end(struct service_slot *slot, enum service_end_reason reason, uint64_t detail)
{
	slot->state = SERVICE_ENDED;
	slot->end.reason = reason;
	slot->end.detail = detail;
}

bool service_hold(struct service_slot *slot)
{
	return !__atomic_exchange_n(&slot->busy, 1, __ATOMIC_ACQUIRE);
}

void service_release(struct service_slot *slot)
{
	__atomic_store_n(&slot->busy, 0, __ATOMIC_RELEASE);
}

uint32_t service_resume(struct service_slot *slot)
{
	fake_service_slices++;
	if (pauses_left) {
		pauses_left--;
		slot->state = SERVICE_RUNS;
		return SVSM_ERR_INCOMPLETE;
	}
	if (slot->state == SERVICE_RUNS)
		slot->state = SERVICE_WAITS;
	slot->has_request = false;
	return fake_service_serve(slot, slot->request.kind, slot->request.number);
}

uint32_t service_serve(struct service_slot *slot, uint32_t kind, uint32_t number, uint32_t size)
{
	if (slot->state == SERVICE_ENDED)
		return SVSM_ERR_SERVICE_ENDED;
	slot->request = (struct service_request){.kind = kind, .number = number, .size = size};
	slot->has_request = true;
	pauses_left = fake_service_pauses;
	return service_resume(slot);
}
