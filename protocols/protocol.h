/* SPDX-License-Identifier: MIT */
/*
 * What a protocol is to the dispatcher: its versions, and a function that
 * performs its calls. A handler decodes and checks everything before it acts;
 * it writes outputs to @call and names them in call->outputs.
 */
#ifndef NACRE_PROTOCOLS_PROTOCOL_H
#define NACRE_PROTOCOLS_PROTOCOL_H

#include "platform.h"
#include "svsm.h"

/* Versions as QUERY_PROTOCOL answers them: max << 32 | min. */
#define PROTOCOL_OWN_VERSIONS (1UL << 32 | 1)

/* Whether the kernel itself serves it, in these versions. */
static inline bool protocol_is_own(uint32_t protocol)
{
	return protocol == SVSM_PROTOCOL_CORE || protocol == SVSM_PROTOCOL_ATTEST;
}

enum svsm_result core_call(uint32_t number, struct svsm_call *call);
uint32_t attest_call(uint32_t number, struct svsm_call *call);

/* Protocols that a service in ring 3 serves, if there is one. */
uint64_t service_versions(uint32_t protocol); /* 0: none */
uint32_t vtpm_call(uint32_t number, struct svsm_call *call);
/* Those that are no specification's (service_call.c). */
uint32_t service_call(uint32_t protocol, uint32_t number, struct svsm_call *call);

#endif
