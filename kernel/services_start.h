/* SPDX-License-Identifier: MIT */
/*
 * What kernel/main.c does for services (kernel/services.h) before the guest runs.
 */
#ifndef NACRE_KERNEL_SERVICES_START_H
#define NACRE_KERNEL_SERVICES_START_H

#include "platform.h"

/* Shared with the host for good: where files arrive. */
#define SERVICES_WINDOW (64 * KIB)

/* Bytes of private memory that the services of this image take; 0: there are none. */
uint64_t services_footprint(void);

/* They are at @start, validated and cleared; @window is of memory nobody has touched. */
void services_set_memory(void *start, const struct page_span *window);

/* Starts init, and with it the others, each until it waits. */
void services_start(void);

#endif
