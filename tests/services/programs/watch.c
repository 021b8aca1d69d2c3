/* SPDX-License-Identifier: MIT */
/*
 * A service with class 3, which no image but the tests' grants: shows registers
 * of the guest's vCPUs to whoever asks.
 */
#include "ring3.h"

RING3_START;

static uint8_t payload[SERVICE_PAYLOAD_MAX];
static struct watch_report seen;

static void read_context(uint32_t context, struct watch_report *report)
{
	report->result = ring3_call(SERVICE_VM_READ, context, (long)&report->state, 0, 0);
}

/* Instead of the wait for a request; it is one if a request comes first. */
static void await(uint32_t context)
{
	long result = ring3_call(SERVICE_VM_WAIT, context, 0, 0, 0);

	seen.waited = result;
	if (!result)
		read_context(context, &seen);
}

static uint32_t answer(const struct service_request *request)
{
	uint32_t context = *(const uint32_t *)payload;
	struct watch_report *report = (struct watch_report *)payload;

	switch (request->number) {
	case WATCH_READ:
		read_context(context, report);
		report->waited = ring3_call(SERVICE_VM_WAIT, context, 0, 0, 0); /* too early */
		return sizeof(*report);
	case WATCH_REPORT:
		*report = seen;
		return sizeof(*report);
	case WATCH_COUNT:
		report->result = ring3_call(SERVICE_VM_COUNT, 0, 0, 0, 0);
		return sizeof(*report);
	default:
		return 0;
	}
}

void ring3_main(const char *name)
{
	const struct service_announcement announcement = {
		.protocol = PROTOCOL_WATCH, .first_version = 1, .last_version = 1};
	struct service_request request;

	(void)name;
	if (ring3_call(SERVICE_ANNOUNCE, (long)&announcement, 0, 0, 0))
		ring3_exit(1);
	for (;;) {
		uint32_t context, size;

		if (ring3_call(SERVICE_WAIT, (long)&request, (long)payload, sizeof(payload), 0))
			ring3_exit(2);
		context = *(const uint32_t *)payload;
		size = answer(&request);
		if (ring3_call(SERVICE_REPLY, SVSM_SUCCESS, (long)payload, size, 0))
			ring3_exit(3);
		if (request.number == WATCH_AWAIT)
			await(context);
	}
}
