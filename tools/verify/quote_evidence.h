/* SPDX-License-Identifier: MIT */
/*
 * What can be given of the vTPM's evidence, as bytes that were not looked at yet.
 */
#ifndef NACRE_VERIFY_QUOTE_EVIDENCE_H
#define NACRE_VERIFY_QUOTE_EVIDENCE_H

#include "certificates.h"
#include "challenge.h"
#include "event_log.h"
#include "manifest_vtpm.h"
#include "tpm_quote.h"
#include "tpm_signature.h"

/* Pointers are NULL for what was not given; nothing is owned. */
struct quote_evidence {
	struct blob quote, signature;
	const struct blob *nonce;
	const struct blob *event_log, *pcr_values; /* at most one of them */
	const struct blob *ak;                     /* a key that the guest made */
	const struct challenge *challenge;         /* by which it was shown to be in the TPM */
	const struct blob *response;
	const struct certificates *certificates; /* of the vTPM's keys */
	const char *fault;                       /* why those cannot be read; or NULL */
};

#endif
