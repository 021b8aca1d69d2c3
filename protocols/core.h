/* SPDX-License-Identifier: MIT */
/*
 * The calls of the core protocol (58019, section 4) that have files of their
 * own.
 */
#ifndef NACRE_PROTOCOLS_CORE_H
#define NACRE_PROTOCOLS_CORE_H

#include "platform.h"
#include "svsm.h"

/* A call clears at most this much and then answers INCOMPLETE. */
#define CORE_PVALIDATE_CLEAR_MAX (16 * MIB)

/* A failed page operation as the guest is told of it. */
static inline enum svsm_result core_page_error(enum page_result result)
{
	if (result == PAGE_FAULT)
		return SVSM_ERR_INVALID_ADDRESS;
	return (enum svsm_result)((uint32_t)SVSM_ERR_PROTOCOL_BASE + (uint32_t)result);
}

enum svsm_result core_pvalidate(const struct svsm_call *call);
enum svsm_result core_create_vcpu(const struct svsm_call *call);
enum svsm_result core_delete_vcpu(const struct svsm_call *call);
enum svsm_result core_remap_ca(const struct svsm_call *call);

#endif
