/* SPDX-License-Identifier: MIT */
/*
 * From a call's number to its protocol. Compiled without jump tables: a guest's
 * number never becomes the index of an indirect branch.
 */
#include "kernel/request.h"
#include "protocols/protocol.h"

/* Both protocols of the kernel's own have one. */
#define VERSION 1U

bool protocol_versions(uint32_t protocol, uint32_t *min, uint32_t *max)
{
	if (protocol != SVSM_PROTOCOL_CORE && protocol != SVSM_PROTOCOL_ATTEST)
		return service_versions(protocol, min, max);
	*min = VERSION;
	*max = VERSION;
	return true;
}

void protocol_dispatch(struct svsm_call *call)
{
	uint32_t protocol = (uint32_t)(call->rax >> 32), number = (uint32_t)call->rax;

	if (protocol == SVSM_PROTOCOL_CORE)
		call->rax = core_call(number, call);
	else if (protocol == SVSM_PROTOCOL_ATTEST)
		call->rax = attest_call(number, call);
	else
		call->rax = service_call(protocol, number, call);
}
