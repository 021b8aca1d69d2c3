/* SPDX-License-Identifier: MIT */
/*
 * Calls of the protocols that services of the project's own serve: RCX is the
 * address of a buffer of the guest's, RDX the bytes of request in it, R8 its room
 * for the answer, at most SERVICE_PAYLOAD_MAX both; RDX the bytes of answer
 * in the same place. RAX is what the service says. A repetition of a call that was
 * INCOMPLETE (kernel/service_request.h) may name other sizes: R8 of the last one counts.
 * While the service is being started anew, calls are BUSY.
 */
#include <string.h>

#include "kernel/guest_memory.h"
#include "kernel/service_request.h"
#include "kernel/services_init.h"
#include "protocols/protocol.h"

uint64_t service_versions(uint32_t protocol)
{
	const struct service_slot *slot = services_find(protocol);

	if (!slot)
		slot = services_coming(protocol);
	if (!slot)
		return 0;
	return (uint64_t)slot->announcement.last_version << 32 | slot->announcement.first_version;
}

static uint32_t check(const struct svsm_call *call)
{
	if (call->rdx > SERVICE_PAYLOAD_MAX || call->r8 > SERVICE_PAYLOAD_MAX)
		return SVSM_ERR_INVALID_PARAMETER;
	if (call->r8 && !guest_is_plain(call->rcx, call->r8))
		return SVSM_ERR_INVALID_ADDRESS;
	return SVSM_SUCCESS;
}

/* Nothing of an earlier request is left in the payload page for this one. */
static uint32_t take_command(struct service_slot *slot, const struct svsm_call *call)
{
	memset(slot->payload, 0, SERVICE_PAYLOAD_MAX);
	if (call->rdx && guest_read(slot->payload, call->rcx, call->rdx) != SVSM_SUCCESS)
		return SVSM_ERR_INVALID_ADDRESS;
	return SVSM_SUCCESS;
}

static uint32_t give_answer(const struct service_slot *slot, struct svsm_call *call)
{
	if (slot->reply_size > call->r8)
		return SVSM_ERR_INVALID_PARAMETER;
	if (slot->reply_size &&
		guest_write(call->rcx, slot->payload, slot->reply_size) != SVSM_SUCCESS)
		return SVSM_ERR_INVALID_ADDRESS;
	call->rdx = slot->reply_size;
	call->outputs = CALL_OUT_RDX;
	return SVSM_SUCCESS;
}

static uint32_t exchange(struct service_slot *slot, uint32_t number, struct svsm_call *call)
{
	uint32_t result = SVSM_SUCCESS;

	if (service_request_is_new(slot))
		result = take_command(slot, call);
	if (result == SVSM_SUCCESS)
		result = service_request_perform(
			slot, SERVICE_REQUEST_CALL, number, (uint32_t)call->rdx);
	return result == SVSM_SUCCESS ? give_answer(slot, call) : result;
}

uint32_t service_call(uint32_t protocol, uint32_t number, struct svsm_call *call)
{
	struct service_slot *slot = services_find(protocol);
	uint32_t result;

	if (!slot)
		return services_coming(protocol) ? SVSM_ERR_BUSY : SVSM_ERR_UNSUPPORTED_PROTOCOL;
	result = check(call);
	if (result != SVSM_SUCCESS)
		return result;
	if (!service_request_claim(slot, call->rax, call->rcx))
		return SVSM_ERR_BUSY;
	/* It may have gone since it was found. */
	result = service_is_announced(slot) ? exchange(slot, number, call) : SVSM_ERR_BUSY;
	service_release(slot);
	return result;
}
