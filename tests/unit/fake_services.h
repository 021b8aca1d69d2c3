/* SPDX-License-Identifier: MIT */
/*
 * A service without a processor: what kernel/services.h promises the protocols,
 * with a function of the test's in the place of the program.
 */
#ifndef NACRE_FAKE_SERVICES_H
#define NACRE_FAKE_SERVICES_H

#include "kernel/services.h"

/* The one service there is, or NULL, and what it does with a request, after its last slice. */
extern struct service_slot *fake_service;
extern uint32_t (*fake_service_serve)(struct service_slot *slot, uint32_t kind, uint32_t number);

/* How often the next requests are INCOMPLETE first, and how many slices there were at all. */
extern unsigned int fake_service_pauses, fake_service_slices;

/* How often the request loop had work for services done, and what is done then; or NULL. */
extern unsigned int fake_attended;
extern void (*fake_on_attend)(struct cpu *cpu);

#endif
