/* SPDX-License-Identifier: MIT */
/*
 * Class 1: to serve. Announce a protocol, wait for a request, answer it. What
 * goes to and fro is copied by way of the slot's payload page.
 */
#include <string.h>

#include "syscalls/syscalls.h"
#include "kernel/service_memory.h"
#include "kernel/services.h"
#include "kernel/user_memory.h"
#include "svsm.h"

static bool is_allowed(uint32_t protocol)
{
	return protocol == SVSM_PROTOCOL_VTPM || protocol == SERVICE_NO_PROTOCOL ||
	       protocol >= SVSM_PROTOCOL_OWN;
}

static int64_t announce(struct service_slot *slot, uint64_t address)
{
	struct service_announcement wanted;

	if (!user_read(&wanted, address, sizeof(wanted)))
		return -CALL_EFAULT;
	if (wanted.flags & ~SERVICE_WANTS_IDLE || !is_allowed(wanted.protocol) ||
		!wanted.first_version || wanted.first_version > wanted.last_version ||
		wanted.first_manifest > wanted.last_manifest ||
		wanted.last_manifest - wanted.first_manifest >= SERVICE_MANIFESTS_MAX)
		return -CALL_EINVAL;
	if (slot->announced || services_has_other(slot, wanted.protocol))
		return -CALL_EBUSY;
	if (slot->announcement.first_version &&
		memcmp(&slot->announcement, &wanted, sizeof(wanted)))
		return -CALL_EINVAL; /* others may be reading what it was */
	slot->announcement = wanted;
	service_set_announced(slot, true);
	service_memory_ready(slot);
	return 0;
}

/* With the arguments that the service left in its registers. */
int64_t service_take_request(struct service_slot *slot)
{
	const struct task_registers *r = &slot->task.registers;

	slot->state = SERVICE_RUNS;
	if (slot->request.size > r->rdx)
		return -CALL_EMSGSIZE;
	if (!user_write(r->rdi, &slot->request, sizeof(slot->request)) ||
		(slot->request.size && !user_write(r->rsi, slot->payload, slot->request.size)))
		return -CALL_EFAULT;
	slot->has_taken = true;
	slot->complaints.wrong_now = slot->complaints.memory_now = 0;
	return 0;
}

static int64_t wait_for_request(struct service_slot *slot)
{
	if (slot->has_request && slot->has_taken)
		return -CALL_EINVAL;
	if (slot->has_request)
		return service_take_request(slot);
	slot->state = SERVICE_WAITS;
	slot->waits_for = SERVICE_WAITS_FOR_REQUEST;
	return 0;
}

static int64_t reply(struct service_slot *slot, uint64_t result, uint64_t address, uint64_t size)
{
	if (!slot->has_request || !slot->has_taken || size > SERVICE_PAYLOAD_MAX)
		return -CALL_EINVAL;
	if (size && !user_read(slot->payload, address, size))
		return -CALL_EFAULT;
	slot->result = (uint32_t)result;
	slot->reply_size = (uint32_t)size;
	slot->has_request = false;
	return 0;
}

int64_t class1_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a)
{
	switch (eax) {
	case SERVICE_ANNOUNCE:
		return announce(slot, a->a0);
	case SERVICE_WAIT:
		return wait_for_request(slot);
	case SERVICE_REPLY:
		return reply(slot, a->a0, a->a1, a->a2);
	default:
		return -CALL_ENOSYS;
	}
}
