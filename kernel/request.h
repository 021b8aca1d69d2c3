/* SPDX-License-Identifier: MIT */
/*
 * The loop in which each CPU serves its guest vCPU.
 */
#ifndef NACRE_KERNEL_REQUEST_H
#define NACRE_KERNEL_REQUEST_H

#include "compiler.h"
#include "platform.h"

struct cpu;
struct vcpu;

/* Serves and runs the guest on the calling CPU for ever. */
NORETURN void request_loop(void);

/* One turn without running the guest: serves a call if there is one. For tests. */
void request_serve(struct cpu *cpu);

/* Performs @call; the result goes into call->rax. Implemented by protocols/dispatch.c. */
void protocol_dispatch(struct svsm_call *call);

#endif
