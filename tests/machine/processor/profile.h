/* SPDX-License-Identifier: MIT */
/*
 * What VMPL 0's instructions are spent on. Under icount the time stamp counts
 * instructions; those of the machine itself are taken off, and an instruction
 * that the machine emulates counts as one. profile=ADDR,... (up to three, hex)
 * names functions whose instructions are counted apart, by breakpoints: what
 * clears, copies and hashes. phases=ADDR,... (up to eight) names functions that
 * the boot reaches one after the other; a line in the log says what it took so
 * far. until=guest ends the run before the guest's first instruction.
 */
#ifndef MACHINE_PROFILE_H
#define MACHINE_PROFILE_H

#include "vcpu.h"

void profile_init(void);
/* Around VMRUN. */
void profile_before(struct vcpu *v);
void profile_after(struct vcpu *v, uint64_t delta);
/* A breakpoint of the profile's; false if the exit is none. */
bool profile_breakpoint(struct vcpu *v);
/* Switches between the guest's VMPL and VMPL 0: a call, or the end of the boot. */
void profile_enter_vmpl0(struct vcpu *v);
void profile_leave_vmpl0(struct vcpu *v);
/* A line in the log that scripts/bench finds: the guest has reached point @number. */
void profile_mark(struct vcpu *v, uint32_t number);

#endif
