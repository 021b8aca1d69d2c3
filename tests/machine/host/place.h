/* SPDX-License-Identifier: MIT */
/* Which instructions of VMPL 0 an order of the hostile host is about: for injection.c. */
#ifndef MACHINE_PLACE_H
#define MACHINE_PLACE_H

#include "hostile_ports.h"
#include "vcpu.h"

/* From the option inject-at=; ends the run if it is none of its words. */
void place_init(void);
/* HOSTILE_PLACE. */
void place_order(uint32_t place, uint64_t rip);
/* There are few of them between two entries. */
bool place_is_rare(void);
/* Whether the instruction that @v executes next is there; to be asked at each one. */
bool place_is_here(struct vcpu *v);

#endif
