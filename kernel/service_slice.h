/* SPDX-License-Identifier: MIT */
/*
 * How long a service may run: at most a slice at a time, and a limit for each
 * request, in instructions of the table. What is counted is nanoseconds of the
 * clock, one for an instruction; a slice counts as one at most, however long the
 * host has kept it from running.
 */
#ifndef NACRE_KERNEL_SERVICE_SLICE_H
#define NACRE_KERNEL_SERVICE_SLICE_H

#include "kernel/services.h"

/* A slice of @slot's begins on this CPU; slot->time.used is 0 at the first one of a request. */
void slice_begin(struct service_slot *slot);

/* Whether it is over, which may be asked at any time; it is the clock that says so. */
MUST_CHECK bool slice_is_over(const struct service_slot *slot);

/* The timer's interrupt has come; who has sent it is not known. */
void slice_interrupted(const struct service_slot *slot);

/* Ends the slice, and the service if it still runs and is at its limit. */
void slice_end(struct service_slot *slot);

#endif
