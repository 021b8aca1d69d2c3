/* SPDX-License-Identifier: MIT */
/*
 * A service's file and its program: fetched once, before the guest starts, and
 * loaded at each start of the service. Used by kernel/services_start.c and
 * kernel/services_init.c, on the CPU that holds the service.
 */
#ifndef NACRE_KERNEL_SERVICES_LOAD_H
#define NACRE_KERNEL_SERVICES_LOAD_H

#include "compiler.h"
#include "platform.h"

struct service_slot;

/*
 * Files can be fetched between these two, through @window, memory nobody has touched
 * and which stays shared with the host. NULL, or why there are none.
 */
MUST_CHECK const char *service_files_open(const struct page_span *window);
void service_files_close(void);

/* NULL if the measured file is in slot->file, by now or since before; or why not. */
MUST_CHECK const char *service_fetch(struct service_slot *slot);

/*
 * Makes the program of slot->file ready to run from its beginning, in memory that is
 * all zero: at new addresses, with nothing of an earlier run. NULL, or why not.
 */
MUST_CHECK const char *service_load(struct service_slot *slot);

/* Clears all memory of a service that has ended. */
void service_wipe(struct service_slot *slot);

#endif
