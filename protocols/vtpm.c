/* SPDX-License-Identifier: MIT */
/*
 * The vTPM protocol (58019, section 8), served by a service in ring 3. Commands
 * and answers of the TPM are bytes here: none is parsed outside the service. The
 * whole command is copied before anybody looks at it.
 */
#include <string.h>

#include "kernel/guest_memory.h"
#include "kernel/service_request.h"
#include "protocols/protocol.h"
#include "svsm.h"
#include "tpm2.h"

/* The answer of a TPM that is no more (TCG, TPM 2.0 Library, part 3, section 6.1). */
static const uint8_t failure[] = {TPM_ST_NO_SESSIONS >> 8, TPM_ST_NO_SESSIONS & 0xff, 0, 0, 0,
	TPM_HEADER_SIZE, 0, 0, TPM_RC_FAILURE >> 8, TPM_RC_FAILURE & 0xff};
static_assert(sizeof(failure) == TPM_HEADER_SIZE, "a header and nothing else");

static uint32_t query(struct svsm_call *call)
{
	call->rcx = BIT(SVSM_VTPM_SEND_COMMAND);
	call->rdx = 0;
	call->outputs = CALL_OUT_RCX | CALL_OUT_RDX;
	return SVSM_SUCCESS;
}

/* Reads and checks what stands before the command at @address. */
static uint32_t decode(uint64_t address, struct svsm_vtpm_request *request)
{
	uint32_t result;

	if (!address)
		return SVSM_ERR_INVALID_PARAMETER;
	if (!guest_is_plain(address, SVSM_VTPM_BUFFER))
		return SVSM_ERR_INVALID_ADDRESS;
	result = guest_read(request, address, sizeof(*request));
	if (result)
		return result;
	if (request->platform_command != SVSM_VTPM_SEND_COMMAND || request->locality ||
		request->size > SVSM_VTPM_COMMAND_MAX)
		return SVSM_ERR_INVALID_PARAMETER;
	return SVSM_SUCCESS;
}

/* What the service has answered is in its payload page, or what is answered without it. */
static uint32_t serve(
	struct service_slot *slot, uint64_t address, const struct svsm_vtpm_request *request)
{
	uint32_t result = SVSM_SUCCESS;

	if (service_request_is_new(slot))
		result = guest_read(slot->payload, address + sizeof(*request), request->size);
	if (result)
		return result;
	result = service_request_perform(
		slot, SERVICE_REQUEST_CALL, request->platform_command, request->size);
	if (result == SVSM_ERR_SERVICE_ENDED) {
		memcpy(slot->payload, failure, sizeof(failure));
		slot->reply_size = sizeof(failure);
		return SVSM_SUCCESS;
	}
	if (!result && slot->reply_size > SVSM_VTPM_ANSWER_MAX)
		return SVSM_ERR_INVALID_REQUEST;
	return result;
}

/* Nothing of the command stays behind the answer. */
static uint32_t write_answer(
	struct service_slot *slot, uint64_t address, const struct svsm_vtpm_request *request)
{
	uint32_t size = slot->reply_size;
	uint32_t asked = request->size + (uint32_t)(sizeof(*request) - sizeof(size));
	uint32_t written = asked > size ? asked : size;
	uint32_t result = guest_write(address, &size, sizeof(size));

	if (result)
		return result;
	memset(slot->payload + size, 0, written - size);
	return guest_write(address + sizeof(size), slot->payload, written);
}

static uint32_t command(struct service_slot *slot, const struct svsm_call *call)
{
	struct svsm_vtpm_request request;
	uint32_t result = decode(call->rcx, &request);

	if (result)
		return result;
	if (!service_request_claim(slot, call->rax, call->rcx))
		return SVSM_ERR_BUSY;
	result = serve(slot, call->rcx, &request);
	if (!result)
		result = write_answer(slot, call->rcx, &request);
	service_release(slot);
	return result;
}

uint32_t vtpm_call(uint32_t number, struct svsm_call *call)
{
	struct service_slot *slot = services_find(SVSM_PROTOCOL_VTPM);

	if (!slot)
		return SVSM_ERR_UNSUPPORTED_PROTOCOL;
	if (number == SVSM_VTPM_QUERY)
		return query(call);
	if (number == SVSM_VTPM_CMD)
		return command(slot, call);
	return SVSM_ERR_UNSUPPORTED_CALL;
}
