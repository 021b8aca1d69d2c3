/* SPDX-License-Identifier: MIT */
/*
 * What the files of this backend share and nobody else sees.
 */
#ifndef NACRE_SEV_SNP_PLATFORM_H
#define NACRE_SEV_SNP_PLATFORM_H

#include "snp.h"

/* VMPL1 stays free for the paravisor's own later use, VMPL3 for the guest's. */
#define SNP_OWN_VMPL 0U
#define SNP_GUEST_VMPL 2U

/* GDT attributes of a VMSA's segments: 64-bit code, data, busy TSS. */
#define VMSA_ATTR_CODE_64 0xa9bU
#define VMSA_ATTR_DATA 0xc93U
#define VMSA_ATTR_TSS_BUSY 0x8bU

struct page_span;

/*
 * First thing of stage 2 in C: agrees with the host on the protocol, opens the
 * first CPU's GHCB and, where memory starts as shared, has @span made private.
 */
void snp_claim_memory(const struct page_span *span);

/* Control registers of every CPU; stage 2 sets them on the first. */
uint64_t snp_own_cr0(void);
uint64_t snp_own_cr4(void);
uint64_t snp_own_xcr0(void);

#endif
