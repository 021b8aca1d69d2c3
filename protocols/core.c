/* SPDX-License-Identifier: MIT */
/*
 * The core protocol: dispatch, and the calls that touch no memory.
 */
#include "protocols/core.h"
#include "protocols/protocol.h"

static bool is_between(uint32_t version, uint64_t versions)
{
	return version >= (uint32_t)versions && version <= versions >> 32;
}

/* Apart from the kernel's own protocols, whose answer is a constant. */
static NOINLINE enum svsm_result query_service(struct svsm_call *call)
{
	uint64_t versions = service_versions((uint32_t)(call->rcx >> 32));

	call->rcx = is_between((uint32_t)call->rcx, versions) ? versions : 0;
	call->outputs = CALL_OUT_RCX;
	return SVSM_SUCCESS;
}

static enum svsm_result query_protocol(struct svsm_call *call)
{
	uint32_t protocol = (uint32_t)(call->rcx >> 32);
	uint64_t versions = PROTOCOL_OWN_VERSIONS;

	if (UNLIKELY(!protocol_is_own(protocol)))
		return query_service(call);
	call->rcx = is_between((uint32_t)call->rcx, versions) ? versions : 0;
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
