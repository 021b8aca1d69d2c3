/* SPDX-License-Identifier: MIT */
/*
 * Events that the hostile host injects into VMPL 0, instruction by instruction:
 * for hostile.c alone, which asks only if the host is hostile and VMPL 0 runs.
 */
#ifndef MACHINE_INJECTION_H
#define MACHINE_INJECTION_H

#include "host.h"

/* HOSTILE_INJECT, HOSTILE_SWEEP and HOSTILE_TRIALS (hostile_ports.h). */
void injection_order(uint32_t command, uint64_t a0, uint32_t a1);
uint32_t injection_reply(uint32_t question);

void injection_before_entry(struct vcpu *v);
void injection_stepped(void);
/* VMPL 0 is being left: true if that was a trial's and was undone, so that it goes on. */
bool injection_leaving(struct vcpu *v);
/* VMPL 0 asks for the end: true if that was a trial's and everything was undone. */
bool injection_undo(struct vcpu *v, uint64_t set, uint64_t code);
/* The console of a trial that ends is not worth seeing. */
bool injection_mutes(uint16_t port);

#endif
