/* SPDX-License-Identifier: MIT */
/*
 * The SNP launch digest: the PAGE_INFO chain (SNP firmware ABI, section 8.17)
 * and its value for an IGVM file.
 */
#ifndef NACRE_TOOLS_MEASURE_H
#define NACRE_TOOLS_MEASURE_H

#include "launch_walk.h"

struct snp_digest {
	uint8_t value[SNP_DIGEST_SIZE]; /* before the first page: zeros */
};

/* Adds one page. Its contents count for SNP_PAGE_NORMAL and SNP_PAGE_VMSA only. */
void snp_digest_page(struct snp_digest *digest, const struct launch_page *page);

/* The digest of launching @file; errors as launch_walk(). */
MUST_CHECK bool igvm_measure(const struct igvm_file *file, const struct launch_options *options,
	struct snp_digest *digest, struct tool_error *error);

#endif
