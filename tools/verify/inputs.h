/* SPDX-License-Identifier: MIT */
/*
 * All that nacre-verify verify reads before it judges.
 */
#ifndef NACRE_VERIFY_INPUTS_H
#define NACRE_VERIFY_INPUTS_H

#include "arguments.h"
#include "verify.h"

/* Evidence of the vTPM; what was not given is empty. */
struct quote_inputs {
	struct blob quote, signature, nonce, event_log, pcr_values, ak, response; /* owned */
	struct challenge challenge;
	struct certificates certificates;
	char fault[512]; /* as below, of the vTPM's certificates */
};

struct inputs {
	struct blob report, nonce, manifest, policy_file; /* owned */
	struct certificates certificates;
	struct reference reference;
	struct policy policy;
	X509 *root; /* or NULL */
	X509_CRL *crls[VERIFY_CRLS_MAX];
	size_t crl_count;
	char fault[512]; /* why certificates could not be read; empty: they could */
	struct quote_inputs quote;
};

/* Fills @inputs, which is all zeros; false with a message printed. inputs_free() in any case. */
MUST_CHECK bool inputs_read(const struct arguments *arguments, struct inputs *inputs);
void inputs_free(struct inputs *inputs);

/* quote_inputs.c: the same for the vTPM's evidence. */
MUST_CHECK bool quote_inputs_read(const struct arguments *arguments, struct quote_inputs *inputs);
void quote_inputs_free(struct quote_inputs *inputs);

/* Of what was read. */
struct quote_evidence quote_inputs_evidence(
	const struct arguments *arguments, const struct quote_inputs *inputs);

/* Certificates that cannot be read are evidence that is refused: @fault says why. */
MUST_CHECK bool inputs_read_certificates(const struct argument_list *files,
	struct certificates *certificates, char *fault, size_t fault_size);

/*
 * A nonce, given as @text in hexadecimal or as the file @path; neither leaves @nonce
 * empty. Messages name @option. An empty nonce is none: false.
 */
MUST_CHECK bool inputs_read_nonce(
	const char *option, const char *text, const char *path, struct blob *nonce);

#endif
