/* SPDX-License-Identifier: MIT */
/*
 * A guest's request to a service of the tests, by one buffer.
 */
#ifndef TESTS_SERVICES_REQUEST_H
#define TESTS_SERVICES_REQUEST_H

#include "svsm_call.h"

/* A page, for each vCPU that makes requests. */
extern uint8_t *request_buffer[];

/* Before the first request of the calling vCPU. */
void request_init(void);

/* @size bytes of this vCPU's buffer, which has room for a page of answer; slice by slice. */
struct svsm_regs request(uint32_t protocol, uint32_t number, uint32_t size);

/*
 * The same, and again while it is BUSY: what init has to do about an end takes several
 * turns on a busy host. For one vCPU alone.
 */
struct svsm_regs request_settled(uint32_t protocol, uint32_t number, uint32_t size);

#endif
