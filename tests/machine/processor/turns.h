/* SPDX-License-Identifier: MIT */
/*
 * turns=on: vCPUs run their guest by turns, from one exit to the next, for the
 * figures of calls under contention. Under icount one thread runs all
 * processors, each for as long as QEMU's timers let it: without turns a whole
 * call would mostly run undisturbed, and a vCPU that QEMU takes off in the
 * middle of the guest would have the others' instructions counted as its own.
 */
#ifndef MACHINE_TURNS_H
#define MACHINE_TURNS_H

#include "vcpu.h"

void turns_init(void);
/* Waits for the turn of @v; true if it has one now, which turns_pass() must end. */
bool turns_take(struct vcpu *v);
void turns_pass(struct vcpu *v);
/* Instructions of waiting processors so far: what came in between, if anything did. */
uint64_t turns_waited(void);

#endif
