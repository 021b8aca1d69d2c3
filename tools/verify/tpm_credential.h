/* SPDX-License-Identifier: MIT */
/*
 * Credentials (part 1, 24 "Credential protection", annexes B.10.4 and C.6.4): a
 * secret that only the TPM with the endorsement key gives out, and only if it
 * also has the key of that name.
 */
#ifndef NACRE_VERIFY_TPM_CREDENTIAL_H
#define NACRE_VERIFY_TPM_CREDENTIAL_H

#include "tpm_public.h"

#define TPM_CREDENTIAL_SECRET_SIZE 32U

/*
 * Appends a credential for @secret in the form of tpm2_makecredential's file. False
 * if @ek cannot be one, or libcrypto refuses.
 */
MUST_CHECK bool tpm_credential_make(const struct tpm_public *ek, const struct tpm_name *name,
	const uint8_t secret[TPM_CREDENTIAL_SECRET_SIZE], struct buffer *out,
	struct tool_error *error);

/* KDFa (part 1, 11.4.10.2), of @bits, a multiple of 8 and at most those of the hash. */
void tpm_kdfa(const struct tpm_hash *hash, const uint8_t *key, const char *label,
	const struct blob *context, unsigned int bits, uint8_t out[TPM_DIGEST_MAX]);

/* KDFe (part 1, 11.4.10.3), of as many bits as the hash has. */
void tpm_kdfe(const struct tpm_hash *hash, const struct blob *z, const char *label,
	const struct blob *u, const struct blob *v, uint8_t out[TPM_DIGEST_MAX]);

#endif
