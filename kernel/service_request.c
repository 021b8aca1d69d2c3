/* SPDX-License-Identifier: MIT */
/*
 * Which call a service works for; see service_request.h. A service that runs
 * while nobody holds it is in the middle of the request of slot->caller.
 */
#include "kernel/service_request.h"
#include "kernel/cpu.h"

static struct service_caller caller_of(uint64_t function, uint64_t address)
{
	const struct vcpu_view *current = &this_cpu()->current;

	return (struct service_caller){
		.vcpu = current->vcpu,
		.tag = current->idle_tag,
		.function = function,
		.address = address,
	};
}

static bool is_same_vcpu(const struct service_caller *a, const struct service_caller *b)
{
	return a->vcpu == b->vcpu && a->tag == b->tag;
}

static bool is_repetition(const struct service_caller *a, const struct service_caller *b)
{
	return is_same_vcpu(a, b) && a->function == b->function && a->address == b->address;
}

/* Whether nobody will ask for the answer; @caller wants something else. */
static bool is_given_up(const struct service_slot *slot, const struct service_caller *caller)
{
	const struct service_caller *owner = &slot->caller;

	return is_same_vcpu(owner, caller) || !owner->vcpu ||
	       !vcpu_is_registered(owner->vcpu, owner->tag);
}

/* Once given up it stays so, also when that vCPU makes the old call again. */
static void finish(struct service_slot *slot)
{
	slot->caller.vcpu = NULL;
	if (service_resume(slot) != SVSM_ERR_INCOMPLETE)
		slot->reply_size = 0;
}

bool service_request_claim(struct service_slot *slot, uint64_t function, uint64_t address)
{
	struct service_caller caller = caller_of(function, address);

	if (!service_hold(slot))
		return false;
	if (service_request_is_new(slot) || is_repetition(&slot->caller, &caller)) {
		slot->caller = caller;
		return true;
	}
	if (is_given_up(slot, &caller))
		finish(slot);
	service_release(slot);
	return false;
}

uint32_t service_request_perform(
	struct service_slot *slot, uint32_t kind, uint32_t number, uint32_t size)
{
	if (service_request_is_new(slot))
		return service_serve(slot, kind, number, size);
	return service_resume(slot);
}
