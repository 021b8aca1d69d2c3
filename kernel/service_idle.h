/* SPDX-License-Identifier: MIT */
/*
 * Work that services have of their own (SERVICE_REQUEST_IDLE), for CPUs that the guest
 * has no vCPU for yet.
 */
#ifndef NACRE_KERNEL_SERVICE_IDLE_H
#define NACRE_KERNEL_SERVICE_IDLE_H

#include "compiler.h"

/*
 * At most a slice of it, on the calling CPU. False if there is none, or others are at
 * it. A call of the guest's meanwhile is BUSY, and helps to finish it.
 */
MUST_CHECK bool services_idle(void);

#endif
