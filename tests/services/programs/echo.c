/* SPDX-License-Identifier: MIT */
/*
 * The echo: a service of a few lines, without a libc.
 */
#include "ring3.h"

RING3_START;

/* Three words that say by what call it went wrong, or a report. */
static uint32_t use_platform(struct service_request *request, uint8_t *payload)
{
	static const struct service_report_wanted wanted = {.tag = 7, .data = {1, 2, 3}};
	long first = ring3_call(SERVICE_CLOCK, 0, 0, 0, 0);
	long seeded = ring3_call(SERVICE_SEED, (long)payload, 64, 0, 0);
	long size = ring3_call(
		SERVICE_REPORT, (long)&wanted, (long)payload, SERVICE_PAYLOAD_MAX, 0);

	if (first <= 0 || ring3_call(SERVICE_CLOCK, 0, 0, 0, 0) < first)
		return SVSM_ERR_PROTOCOL_BASE + 1;
	if (seeded || !ring3_call(SERVICE_SEED, (long)payload, 65, 0, 0))
		return SVSM_ERR_PROTOCOL_BASE + 2;
	if (size <= 0 || ring3_call(SERVICE_LOAD, 0, (long)payload, 1, 0) != -19)
		return SVSM_ERR_PROTOCOL_BASE + 3;
	request->size = (uint32_t)size;
	return SVSM_SUCCESS;
}

static uint32_t handle(struct service_request *request, uint8_t *payload)
{
	if (request->number == ECHO_VECTORS)
		asm volatile("pcmpeqd %%xmm0, %%xmm0\n\t"
			     "movdqa %%xmm0, %%xmm7\n\t"
			     "movdqa %%xmm0, %%xmm15"
			     :
			     :
			     : "xmm0", "xmm7", "xmm15");
	if (request->number == ECHO_PLATFORM)
		return use_platform(request, payload);
	if (request->number == ECHO_SEED) {
		request->size = 64;
		return ring3_call(SERVICE_SEED, (long)payload, 64, 0, 0) ? SVSM_ERR_PROTOCOL_BASE
									 : SVSM_SUCCESS;
	}
	if (request->number == ECHO_WHERE) {
		*(uint64_t *)payload = (uint64_t)payload;
		request->size = sizeof(uint64_t);
		return SVSM_SUCCESS;
	}
	if (request->number != ECHO_CALL && request->number != ECHO_VECTORS)
		return SVSM_ERR_UNSUPPORTED_CALL;
	for (uint32_t i = 0; i < request->size; i++)
		payload[i] ^= 0x20;
	return SVSM_SUCCESS;
}

void ring3_main(const char *name)
{
	(void)name;
	ring3_serve(PROTOCOL_ECHO, handle);
}
