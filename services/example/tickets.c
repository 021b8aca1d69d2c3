/* SPDX-License-Identifier: MIT */
/*
 * The example of docs/services.md: a dispenser of tickets, each with a number, a
 * time and a code, which knows its own tickets again.
 */
#include <stdio.h>
#include <string.h>

#include "services/example/tickets.h"
#include "services/lib/serve.h"

#define TICKETS_MAX 100U

static struct ticket taken[TICKETS_MAX];
static uint64_t count;

static uint32_t take(struct service_request *request, uint8_t *payload)
{
	struct ticket *ticket = &taken[count];

	if (count == TICKETS_MAX)
		return TICKETS_ERR_SOLD_OUT;
	if (service_seed(ticket->code, sizeof(ticket->code)))
		return SVSM_ERR_BUSY;
	ticket->number = ++count;
	ticket->milliseconds = service_clock() / 1000000;
	memcpy(payload, ticket, sizeof(*ticket));
	request->size = sizeof(*ticket);
	return SVSM_SUCCESS;
}

static uint32_t check(struct service_request *request, const uint8_t *payload)
{
	struct ticket ticket;

	if (request->size != sizeof(ticket))
		return SVSM_ERR_INVALID_PARAMETER;
	memcpy(&ticket, payload, sizeof(ticket));
	request->size = 0;
	if (!ticket.number || ticket.number > count ||
		memcmp(&ticket, &taken[ticket.number - 1], sizeof(ticket)))
		return TICKETS_ERR_FORGED;
	return SVSM_SUCCESS;
}

/* The answer takes the request's place in @payload and its size. */
static uint32_t handle(struct service_request *request, uint8_t *payload)
{
	if (request->kind == SERVICE_REQUEST_CALL && request->number == TICKETS_TAKE)
		return take(request, payload);
	if (request->kind == SERVICE_REQUEST_CALL && request->number == TICKETS_CHECK)
		return check(request, payload);
	request->size = 0;
	return request->kind == SERVICE_REQUEST_IDLE ? SVSM_SUCCESS : SVSM_ERR_UNSUPPORTED_CALL;
}

int main(void)
{
	const struct service_announcement announcement = {
		.protocol = TICKETS_PROTOCOL, .first_version = 1, .last_version = 1};
	uint8_t payload[SERVICE_PAYLOAD_MAX];
	struct service_request request;
	uint32_t result;

	if (service_announce(&announcement))
		return 1;
	printf("%u tickets to be had\n", TICKETS_MAX);
	fflush(stdout);
	while (!service_wait(&request, payload, sizeof(payload))) {
		result = handle(&request, payload);
		if (service_reply(result, payload, result ? 0 : request.size))
			return 2;
	}
	return 0;
}
