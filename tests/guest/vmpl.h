/* SPDX-License-Identifier: MIT */
/*
 * Save areas, other VMPLs and other vCPUs: everything that makes a processor
 * run a context of ours.
 */
#ifndef GUEST_VMPL_H
#define GUEST_VMPL_H

#include "cpu.h"
#include "snp.h"

/*
 * Fills @vmsa so that it calls @fn(@arg) as @cpu, in 64-bit mode, with the
 * guest's page tables and the running context's SEV_FEATURES.
 */
void vmsa_fill(struct vmsa *vmsa, struct cpu *cpu, void (*fn)(void *arg), void *arg);
/* Sets or clears the VMSA bit of its page (at VMPL 0); the result of RMPADJUST. */
uint64_t vmsa_mark(struct vmsa *vmsa, bool on);
/* SEV_FEATURES as SEV_STATUS shows them. */
uint64_t vmsa_features(void);

/*
 * A context of @vmpl on this vCPU, at VMPL 0: allocates and fills a VMSA, marks
 * it and registers it with the host. What fn reaches must have been granted.
 */
struct vmsa *vmpl_create(uint32_t vmpl, void (*fn)(void *arg), void *arg);
/* The same for a VMSA that the test has filled or changed. */
void vmpl_register(uint32_t vmpl, struct vmsa *vmsa);
/* Runs @vmpl until it runs us again; false if the host refuses. */
MUST_CHECK bool vmpl_enter(uint32_t vmpl);

/*
 * Starts vCPU @index in @fn(@arg), with a GHCB of its own: at VMPL 0 by AP
 * creation, under a paravisor by CREATE_VCPU and AP creation. False if that is
 * refused or it does not answer.
 */
MUST_CHECK bool smp_start(uint32_t index, void (*fn)(void *arg), void *arg);
/* Waits until what smp_start() started has returned from its function. */
MUST_CHECK bool smp_join(uint32_t index);
/* The context and the VMSA of a started vCPU. */
struct cpu *smp_cpu(uint32_t index);
struct vmsa *smp_vmsa(uint32_t index);

/* Waits until *@flag is not 0; false after most of a minute. */
MUST_CHECK bool wait_for(const uint32_t *flag);
/* Spins for so many @ticks of the time-stamp counter. */
void pass_time(uint64_t ticks);

#endif
