/* SPDX-License-Identifier: MIT */
/*
 * What the verifier keeps of a challenge until it is answered: which
 * endorsement key it was encrypted to, for which attestation key, and the secret.
 * A JSON file that nobody else may read or write; nacre-verify challenge makes
 * it, respond and verify read it.
 */
#ifndef NACRE_VERIFY_CHALLENGE_H
#define NACRE_VERIFY_CHALLENGE_H

#include "tpm_credential.h"

#define CHALLENGE_FILE_MAX 16384U
#define CHALLENGE_RESPONSE_MAX 256U

struct challenge {
	uint8_t ek[TPM_PUBLIC_MAX]; /* TPMT_PUBLIC */
	size_t ek_size;
	struct tpm_name ak;
	uint8_t secret[TPM_CREDENTIAL_SECRET_SIZE];
};

/*
 * A challenge with a new secret for the key @ak of a TPM with the key @ek; what the
 * TPM is given is appended to @credential.
 */
MUST_CHECK bool challenge_make(const struct tpm_public *ek, const struct tpm_public *ak,
	struct challenge *challenge, struct buffer *credential, struct tool_error *error);

/* To and from the file's text. */
MUST_CHECK bool challenge_write(
	const struct challenge *challenge, struct buffer *out, struct tool_error *error);
MUST_CHECK bool challenge_read(
	const struct blob *blob, struct challenge *challenge, struct tool_error *error);

/* Whether @response is the secret. */
MUST_CHECK bool challenge_is_answered(
	const struct challenge *challenge, const struct blob *response);

#endif
