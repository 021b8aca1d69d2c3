/* SPDX-License-Identifier: MIT */
/*
 * The guest's side of the GHCB protocol, independent of the paravisor's: the
 * MSR protocol, and non-automatic events (NAE) through the page. Nothing is
 * checked beyond what a call says: tests want to see what the host answers.
 */
#ifndef GUEST_NAE_H
#define GUEST_NAE_H

#include "ghcb.h"

/* --- MSR protocol --- */

/* One request by the GHCB MSR, whose value is put back; the response as it came. */
uint64_t ghcb_msr_call(uint64_t request);
/* Page state change; the error of the response, or all ones if it was none. */
uint64_t ghcb_msr_psc(uint64_t gpn, uint64_t operation);
/* True if the host registered @gpa for this VMPL. */
bool ghcb_msr_register(uint64_t gpa);
/* Runs @vmpl on this vCPU; bits 63:32 of the response, or all ones if it was none. */
uint64_t ghcb_msr_run_vmpl(uint32_t vmpl);

/* Gives the running context a GHCB: shared page, registered; false if refused. */
bool ghcb_setup(void);
/* The same with a page that is shared already. */
bool ghcb_use(uint64_t gpa);

/* --- Events --- */

enum nae_field {
	NAE_RAX = 1,
	NAE_RBX = 2,
	NAE_RCX = 4,
	NAE_RDX = 8,
	NAE_XCR0 = 16,
	NAE_XSS = 32,
	NAE_SCRATCH = 64,
	NAE_CPL = 128,
	NAE_CODE = 256,
	NAE_INFO1 = 512,
	NAE_INFO2 = 1024,
};
#define NAE_EXIT (NAE_CODE | NAE_INFO1 | NAE_INFO2)

/* A request, and in the same place the reply. */
struct nae {
	uint64_t code, info1, info2, scratch;
	uint64_t rax, rbx, rcx, rdx, xcr0, xss;
	uint8_t cpl;
	uint32_t valid;    /* in: fields supplied beside NAE_EXIT; out: fields the host marked */
	uint32_t withhold; /* in: fields of NAE_EXIT not to be marked */
	uint32_t usage;    /* in: GHCB usage */
};

void nae_call(struct nae *n);

/* Offset of the GHCB's shared buffer, as scratch address of the running context. */
uint64_t nae_buffer_gpa(void);
uint8_t *nae_buffer(void);

void nae_port_out_string(uint16_t port, const void *data, uint32_t size);
/* @size 1, 2 or 4; aborts the run if the host refuses. */
uint32_t nae_port_in(uint16_t port, uint32_t size);
void nae_port_out(uint16_t port, uint32_t size, uint32_t value);
/* False if the host answered with an error. */
bool nae_msr_read(uint32_t msr, uint64_t *value);
bool nae_msr_write(uint32_t msr, uint64_t value);
bool nae_mmio_read(uint64_t gpa, uint32_t size, uint64_t *value);
bool nae_mmio_write(uint64_t gpa, uint32_t size, uint64_t value);
uint64_t nae_features(void);
/* SW_EXITINFO1 and 2 of the reply come back in *@n. */
void nae_ap_creation(struct nae *n, uint32_t request, uint32_t vmpl, uint32_t apic_id,
	uint64_t vmsa_gpa, uint64_t sev_features);
/* SW_EXITINFO2 of the reply to the list in the shared buffer, put there by the caller. */
uint64_t nae_psc(void);
uint64_t nae_run_vmpl(uint32_t vmpl);

#endif
