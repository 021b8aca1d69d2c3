/* SPDX-License-Identifier: MIT */
/*
 * Class 2: the platform. Time, reports of the secure processor, a secret of
 * this launch's; sealed storage, of which there is none.
 */
#include <string.h>

#include "syscalls/syscalls.h"
#include "kernel/clock.h"
#include "kernel/services.h"

int64_t class2_call(struct service_slot *slot, uint32_t eax, const struct call_arguments *a)
{
	(void)slot;
	(void)a;
	switch (eax) {
	case SERVICE_CLOCK:
		return (int64_t)clock_now();
	case SERVICE_LOAD:
	case SERVICE_STORE:
		return -CALL_ENODEV;
	default:
		return -CALL_ENOSYS;
	}
}
