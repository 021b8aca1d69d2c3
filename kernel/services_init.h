/* SPDX-License-Identifier: MIT */
/*
 * Init's part in the kernel: what it may ask for (syscalls/class4.c), and the
 * turns in which it runs. A turn happens on one CPU at a time: at launch, and
 * later before the next request after a service has ended.
 */
#ifndef NACRE_KERNEL_SERVICES_INIT_H
#define NACRE_KERNEL_SERVICES_INIT_H

#include "compiler.h"
#include "service.h"

struct service_slot;

/* Turns until nothing is left to do, before the guest runs: init's first ones. */
void services_first_turns(void);

/*
 * One turn, unless another CPU is at it: memory of ended services is wiped, init
 * told of their ends, and what it starts runs until it waits.
 */
void services_turn(void);

/*
 * The service that served @protocol and is away, while init may still start it anew; NULL
 * if there is none, or it stays away.
 */
struct service_slot *services_coming(uint32_t protocol);

/* ---- For init, within a turn ---- */

/* SERVICE_INIT_START. */
int64_t services_start_one(uint64_t index);

/* The next end that init was not told of; false if there is none. */
bool services_any_end(void);
MUST_CHECK bool services_next_end(struct service_end *end);

#endif
