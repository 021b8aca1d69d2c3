/* SPDX-License-Identifier: MIT */
/*
 * What libtpms calls in place of clock_gettime; see services/vtpm/clock.c.
 */
#ifndef NACRE_VTPM_CLOCK_H
#define NACRE_VTPM_CLOCK_H

#include <time.h>

int tpm_clock_gettime(clockid_t id, struct timespec *time);

#endif
