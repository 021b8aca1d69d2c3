/* SPDX-License-Identifier: MIT */
/*
 * The core protocol: dispatch, and the calls that touch no memory.
 */
#include "protocols/core.h"
#include "protocols/protocol.h"

static enum svsm_result query_protocol(struct svsm_call *call)
{
	uint32_t protocol = (uint32_t)(call->rcx >> 32), version = (uint32_t)call->rcx;
	uint32_t min, max;

	call->rcx = 0;
	if (protocol_versions(protocol, &min, &max) && version >= min && version <= max)
		call->rcx = (uint64_t)max << 32 | min;
	call->outputs = CALL_OUT_RCX;
	return SVSM_SUCCESS;
}

/* Bit 0 asks whether vTOM can be configured: it cannot. */
static enum svsm_result configure_vtom(struct svsm_call *call)
{
	if (!(call->rcx & 1))
		return SVSM_ERR_INVALID_REQUEST;
	call->rcx = 0;
	call->outputs = CALL_OUT_RCX;
	return SVSM_SUCCESS;
}

enum svsm_result core_call(uint32_t number, struct svsm_call *call)
{
	switch (number) {
	case SVSM_CORE_PVALIDATE:
		return core_pvalidate(call);
	case SVSM_CORE_QUERY_PROTOCOL:
		return query_protocol(call);
	case SVSM_CORE_REMAP_CA:
		return core_remap_ca(call);
	case SVSM_CORE_CREATE_VCPU:
		return core_create_vcpu(call);
	case SVSM_CORE_DELETE_VCPU:
		return core_delete_vcpu(call);
	case SVSM_CORE_CONFIGURE_VTOM:
		return configure_vtom(call);
	default:
		return SVSM_ERR_UNSUPPORTED_CALL; /* DEPOSIT_MEM and WITHDRAW_MEM among them */
	}
}
