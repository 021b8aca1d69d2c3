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

/* The versions of @protocol that are served, as QUERY_PROTOCOL answers; false: none. */
bool protocol_versions(uint32_t protocol, uint32_t *min, uint32_t *max);

enum svsm_result core_call(uint32_t number, struct svsm_call *call);
uint32_t attest_call(uint32_t number, struct svsm_call *call);

/* Protocols that a service in ring 3 serves, if there is one (service_call.c). */
bool service_versions(uint32_t protocol, uint32_t *min, uint32_t *max);
uint32_t service_call(uint32_t protocol, uint32_t number, struct svsm_call *call);

#endif
