/* SPDX-License-Identifier: MIT */
/*
 * What the log says of the memory that services use: enough to choose a budget by, and
 * to see a leak. Used by syscalls/.
 */
#ifndef NACRE_KERNEL_SERVICE_MEMORY_H
#define NACRE_KERNEL_SERVICE_MEMORY_H

#include "kernel/services.h"

/* A line for a service that is ready to serve. */
void service_memory_ready(struct service_slot *slot);

/*
 * After pages were added: a line if it was ready before, and has more by now than at the
 * last line by 64 KiB and by a 32nd of its budget. So there are at most 32 of a service
 * until it is started anew, and none for what it uses again.
 */
void service_memory_grown(struct service_slot *slot);

#endif
