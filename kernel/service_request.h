/* SPDX-License-Identifier: MIT */
/*
 * Calls of the guest's to a service, also those that take longer than a slice.
 * Such a call answers INCOMPLETE; the same vCPU's repetition of it (the same RAX
 * and RCX) goes on with it, whatever stands in the other registers and in the
 * buffer by then: the command was copied. Every other call to that service is
 * BUSY meanwhile. A call whose vCPU is deleted, or makes another call to the
 * service, is finished by the slices of those that call, and its answer dropped.
 *
 * What a protocol does (protocols/service_call.c is an example):
 *
 *	if (!service_request_claim(slot, call->rax, call->rcx))
 *		return SVSM_ERR_BUSY;
 *	result = SVSM_SUCCESS;
 *	if (service_request_is_new(slot))
 *		result = copy the command into slot->payload;
 *	if (result == SVSM_SUCCESS)
 *		result = service_request_perform(slot, kind, number, size);
 *	if (result == SVSM_SUCCESS)
 *		slot->payload has slot->reply_size bytes of answer
 *	service_release(slot);
 *	return result;
 */
#ifndef NACRE_KERNEL_SERVICE_REQUEST_H
#define NACRE_KERNEL_SERVICE_REQUEST_H

#include "kernel/services.h"

/*
 * Holds the service for a call of the calling CPU's vCPU. @function and @address
 * say which it is: RAX and RCX, as the guest made it, or what is as much its own.
 * False: BUSY, and nothing is held.
 */
MUST_CHECK bool service_request_claim(
	struct service_slot *slot, uint64_t function, uint64_t address);

/* Whether the call that was claimed for is no repetition: its command is to be copied. */
static inline bool service_request_is_new(const struct service_slot *slot)
{
	return slot->state != SERVICE_RUNS;
}

/*
 * Performs a new request, of @size bytes in @slot->payload, or goes on with the
 * claimed one, for at most a slice. The service's result for the guest, or
 * INCOMPLETE, or SVSM_ERR_SERVICE_ENDED if there is no service any more.
 */
MUST_CHECK uint32_t service_request_perform(
	struct service_slot *slot, uint32_t kind, uint32_t number, uint32_t size);

#endif
