/* SPDX-License-Identifier: MIT */
/*
 * The hostile host tries to run VMPL 2 on another processor before each of VMPL
 * 0's instructions: for hostile.c alone.
 */
#ifndef MACHINE_WATCH_H
#define MACHINE_WATCH_H

#include "vcpu.h"

/* For as many instructions of VMPL 0 on one vCPU. */
void watch_order(uint32_t instructions);
void watch_before_entry(struct vcpu *v);
void watch_leaving(void);
uint32_t watch_reply(uint32_t question);

#endif
