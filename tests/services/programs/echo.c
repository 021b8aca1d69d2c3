/* SPDX-License-Identifier: MIT */
/*
 * The echo: a service of a few lines, without a libc.
 */
#include "ring3.h"

RING3_START;

static uint32_t handle(struct service_request *request, uint8_t *payload)
{
	if (request->number == ECHO_VECTORS)
		asm volatile("pcmpeqd %%xmm0, %%xmm0\n\t"
			     "movdqa %%xmm0, %%xmm7\n\t"
			     "movdqa %%xmm0, %%xmm15"
			     :
			     :
			     : "xmm0", "xmm7", "xmm15");
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
