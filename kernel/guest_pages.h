/* SPDX-License-Identifier: MIT */
/*
 * The secrets and CPUID pages that a guest at a lower VMPL receives, made from
 * the paravisor's own. Pure functions; guest launch calls them with the guest's
 * pages mapped.
 */
#ifndef NACRE_KERNEL_GUEST_PAGES_H
#define NACRE_KERNEL_GUEST_PAGES_H

#include "compiler.h"
#include "snp.h"

enum guest_pages_error {
	GUEST_PAGES_OK = 0,
	GUEST_PAGES_COUNT = 1,   /* CPUID table with no or more than 64 entries */
	GUEST_PAGES_NO_SEV = 2,  /* CPUID table without leaf 8000_001F */
	GUEST_PAGES_VMPL = 3,    /* guest VMPL outside 1-3 */
	GUEST_PAGES_ADDRESS = 4, /* SVSM base, size or calling area not page-aligned, or empty */
};

/* What the secrets page tells the guest about its SVSM; addresses are guest-physical. */
struct guest_svsm_info {
	uint64_t base;         /* the paravisor's region */
	uint64_t size;         /* bytes */
	uint64_t calling_area; /* of the guest's first vCPU */
	unsigned int vmpl;     /* the guest's */
};

/*
 * Fills @out with the fields of @own that the guest may have. The keys of
 * VMPLs more privileged than the guest's are zero, and so is what is not
 * known to be meant for it.
 */
MUST_CHECK enum guest_pages_error guest_secrets_fill(
	struct snp_secrets *out, const struct snp_secrets *own, const struct guest_svsm_info *svsm);

/* Copies the table with the SVSM bit set; entries past the count are zero. */
MUST_CHECK enum guest_pages_error guest_cpuid_fill(
	struct snp_cpuid_page *out, const struct snp_cpuid_page *own);

#endif
