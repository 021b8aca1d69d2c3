/* SPDX-License-Identifier: MIT */
/*
 * Time since the launch, for services: the time-stamp counter, whose rate was
 * measured against the PC's interval timer. Both are within the host's reach.
 */
#ifndef NACRE_KERNEL_CLOCK_H
#define NACRE_KERNEL_CLOCK_H

#include "compiler.h"

/* Measures the rate; once, before the first clock_now(). */
void clock_init(void);

/* Nanoseconds; never less than before, on whatever CPU. */
uint64_t clock_now(void);

#endif
