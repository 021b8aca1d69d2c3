/* SPDX-License-Identifier: MIT */
/*
 * Calls to the paravisor (include/svsm.h). The calling area is the running
 * context's, cpu_self()->ca, or any page that a test takes for one.
 */
#ifndef GUEST_SVSM_CALL_H
#define GUEST_SVSM_CALL_H

#include "svsm.h"

/* In and out; the order is the assembler's too. */
struct svsm_regs {
	uint64_t rax, rcx, rdx, r8, r9;
};

static inline uint64_t svsm_function(uint32_t protocol, uint32_t call)
{
	return (uint64_t)protocol << 32 | call;
}

enum svsm_form {
	SVSM_BY_MSR, /* GHCB MSR 016h */
	SVSM_BY_NAE, /* event 80000018h; needs a GHCB */
};

/*
 * One call: marks it pending in the calling area, leaves to VMPL 0. False if
 * the host did not run the paravisor (pending still, or its answer is no
 * success). Busy or incomplete calls are the caller's to repeat.
 */
MUST_CHECK bool svsm_call(struct svsm_regs *r, enum svsm_form form);
/* The same call again and again while the answer is BUSY or INCOMPLETE. */
MUST_CHECK bool svsm_call_done(struct svsm_regs *r, enum svsm_form form);
/* The same without touching a calling area. */
MUST_CHECK bool svsm_call_raw(struct svsm_regs *r, enum svsm_form form);
/* The same with @leave(@regs) for the VMGEXIT: it may load and watch any register. */
MUST_CHECK bool svsm_call_by(enum svsm_form form, void (*leave)(void *regs), void *regs);

/* One page, rights for all guest VMPLs as the paravisor gives them; the result code. */
uint64_t svsm_pvalidate_page(uint64_t gpa, uint32_t size, bool validate);
uint64_t svsm_create_vcpu(uint64_t vmsa_gpa, uint64_t ca_gpa, uint32_t apic_id);
uint64_t svsm_delete_vcpu(uint64_t vmsa_gpa);
uint64_t svsm_remap_ca(uint64_t ca_gpa);
/* RCX of the answer: max << 32 | min, 0 if not there. */
uint64_t svsm_query_protocol(uint32_t protocol, uint32_t version);

#endif
