/* SPDX-License-Identifier: MIT */
/*
 * The TPM's time. libtpms asks clock_gettime for CLOCK_MONOTONIC and takes the time's
 * milliseconds; its objects are changed, as they are brought into the build, to call
 * the function here (services/vtpm/vtpm.mk).
 */
#include <time.h>

#include "services/lib/serve.h"
#include "services/vtpm/clock.h"

#define NANOSECONDS 1000000000ULL

int tpm_clock_gettime(clockid_t id, struct timespec *time)
{
	uint64_t now = service_clock();

	(void)id;
	time->tv_sec = (time_t)(now / NANOSECONDS);
	time->tv_nsec = (long)(now % NANOSECONDS);
	return 0;
}
