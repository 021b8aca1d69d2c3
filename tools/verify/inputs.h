/* SPDX-License-Identifier: MIT */
/*
 * All that nacre-verify verify reads before it judges.
 */
#ifndef NACRE_VERIFY_INPUTS_H
#define NACRE_VERIFY_INPUTS_H

#include "arguments.h"
#include "verify.h"

struct inputs {
	struct blob report, nonce, manifest, policy_file; /* owned */
	struct certificates certificates;
	struct reference reference;
	struct policy policy;
	X509 *root; /* or NULL */
	X509_CRL *crls[VERIFY_CRLS_MAX];
	size_t crl_count;
	char fault[512]; /* why certificates could not be read; empty: they could */
};

/* Fills @inputs, which is all zeros; false with a message printed. inputs_free() in any case. */
MUST_CHECK bool inputs_read(const struct arguments *arguments, struct inputs *inputs);
void inputs_free(struct inputs *inputs);

#endif
