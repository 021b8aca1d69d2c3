/* SPDX-License-Identifier: MIT */
/*
 * Signatures of a TPM (TPMT_SIGNATURE, part 2, 11.3.4), as tpm2_quote and
 * tpm2_sign write them: ECDSA, RSASSA and RSA-PSS.
 */
#ifndef NACRE_VERIFY_TPM_SIGNATURE_H
#define NACRE_VERIFY_TPM_SIGNATURE_H

#include "tpm_public.h"

#define TPM_SIGNATURE_MAX 1024U

struct tpm_signature {
	uint16_t scheme; /* TPM_ALG_ECDSA, TPM_ALG_RSASSA or TPM_ALG_RSAPSS */
	const struct tpm_hash *hash;
	struct blob r, s; /* ECDSA; of RSA @r is the signature */
};

/* @signature points into @blob. */
MUST_CHECK bool tpm_signature_read(
	const struct blob *blob, struct tpm_signature *signature, struct tool_error *error);

/*
 * Whether it is @public's over @message, by the scheme and hash that the key is
 * fixed to if it is.
 */
MUST_CHECK bool tpm_signature_verify(const struct tpm_signature *signature,
	const struct tpm_public *public, const struct blob *message, struct tool_error *error);

/* "ECDSA"; NULL for a scheme that is unknown here. */
const char *tpm_scheme_name(uint16_t scheme);

#endif
