/* SPDX-License-Identifier: MIT */
/*
 * The GHCB's MSR protocol: before a CPU has its GHCB page, and for ending. After
 * it the MSR holds no GHCB's address: who has a page writes that back.
 */
#ifndef NACRE_SEV_SNP_GHCB_MSR_H
#define NACRE_SEV_SNP_GHCB_MSR_H

#include "addr.h"
#include "ghcb.h"

/* Sends @request and returns the answer; the MSR is left as it is then. */
uint64_t ghcb_msr_call(uint64_t request);

/* Checks protocol version and C-bit position; terminates when they do not fit. */
void ghcb_msr_negotiate(unsigned int c_bit);

/* The host's feature bits (GHCB_FEATURE_*). */
uint64_t ghcb_msr_features(void);

/* Makes one page private or shared (PSC_OP_*) on the host's side. */
void ghcb_msr_change_page(uint64_t page, uint64_t operation);

/* Registers the page at @ghcb and makes it the calling CPU's GHCB. */
void ghcb_msr_register(struct spa ghcb);

/* Asks for the end, for ever. Keys must have been wiped. */
NORETURN void ghcb_msr_terminate(unsigned int set, unsigned int reason);

#endif
