/* SPDX-License-Identifier: MIT */
/*
 * VMPL 0 as it was at an entry, to be gone back to: not in any host's power, but
 * the test bench's. One vCPU, and nothing in between that changes the RMP.
 */
#ifndef MACHINE_SNAPSHOT_H
#define MACHINE_SNAPSHOT_H

#include "vcpu.h"

bool snapshot_taken(void);
/* From now on the page @gpa is kept, too. */
void snapshot_also(uint64_t gpa);
/* Keeps the pages that VMPL 2 cannot write to, and @v's contexts. */
void snapshot_take(const struct vcpu *v);
void snapshot_restore(struct vcpu *v);
void snapshot_drop(void);

#endif
