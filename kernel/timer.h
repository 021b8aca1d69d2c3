/* SPDX-License-Identifier: MIT */
/*
 * Interrupts for services in ring 3 after some time, where the host gives the
 * paravisor a timer of its own. They are hints: that the time is over is for
 * kernel/clock.h to say.
 */
#ifndef NACRE_KERNEL_TIMER_H
#define NACRE_KERNEL_TIMER_H

#include "compiler.h"

/* Measures the timer's rate on the calling CPU; once, after clock_init(). */
void timer_init(void);

/*
 * One interrupt on the calling CPU after @ns or somewhat earlier or later, in ring 3
 * alone; what was started before it is forgotten. Nothing where there is no timer.
 */
void timer_start(uint64_t ns);
void timer_stop(void);

/* After each interrupt of PLATFORM_TIMER_VECTOR that a service was left by. */
void timer_acknowledge(void);

#endif
