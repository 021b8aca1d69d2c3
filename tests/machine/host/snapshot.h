/* SPDX-License-Identifier: MIT */
/*
 * VMPL 0 as it was at an entry, to be gone back to: not in any host's power, but
 * the test bench's. One vCPU, and nothing in between that changes the RMP.
 */
#ifndef MACHINE_SNAPSHOT_H
#define MACHINE_SNAPSHOT_H

#include "vcpu.h"

bool snapshot_taken(void);
/* Keeps the pages that VMPL 2 cannot write to, the page @also, and @v's contexts. */
void snapshot_take(const struct vcpu *v, uint64_t also);
void snapshot_restore(struct vcpu *v);
void snapshot_drop(void);

#endif
