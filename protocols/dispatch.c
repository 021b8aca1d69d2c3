/* SPDX-License-Identifier: MIT */
/*
 * From a call's number to its protocol. Compiled without jump tables: a guest's
 * number never becomes the index of an indirect branch.
 */
#include "kernel/request.h"
#include "protocols/protocol.h"

/* Apart, so that the registers of the others need not be kept for it. */
static NOINLINE void dispatch_to_service(struct svsm_call *call)
{
	uint32_t protocol = (uint32_t)(call->rax >> 32), number = (uint32_t)call->rax;

	if (protocol == SVSM_PROTOCOL_VTPM)
		call->rax = vtpm_call(number, call);
	else
		call->rax = service_call(protocol, number, call);
}

void protocol_dispatch(struct svsm_call *call)
{
	uint32_t protocol = (uint32_t)(call->rax >> 32), number = (uint32_t)call->rax;

	if (protocol == SVSM_PROTOCOL_CORE)
		call->rax = core_call(number, call);
	else if (protocol == SVSM_PROTOCOL_ATTEST)
		call->rax = attest_call(number, call);
	else
		dispatch_to_service(call);
}
