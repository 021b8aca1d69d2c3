/* SPDX-License-Identifier: MIT */
/*
 * The hash algorithms of a TPM that count for something here: SHA-256, SHA-384
 * and SHA-512. Functions that compute end the program if libcrypto refuses,
 * which no input can cause.
 */
#ifndef NACRE_VERIFY_TPM_HASH_H
#define NACRE_VERIFY_TPM_HASH_H

#include <openssl/types.h>

#include "tools/common/buffer.h"
#include "tpm2.h"

struct tpm_hash {
	uint16_t alg;
	size_t size;      /* of a digest */
	const char *name; /* as tpm2-tools and policies have it: "sha256" */
	const EVP_MD *(*md)(void);
};

#define TPM_HASHES 3U
extern const struct tpm_hash tpm_hashes[TPM_HASHES];

/* NULL for any other algorithm, SHA-1 among them. */
const struct tpm_hash *tpm_hash_find(uint16_t alg);
const struct tpm_hash *tpm_hash_of_name(const char *name);

/* The digest of @count pieces behind each other. */
void tpm_hash_pieces(const struct tpm_hash *hash, const struct blob *pieces, size_t count,
	uint8_t digest[TPM_DIGEST_MAX]);

/* HMAC with a key of @hash->size bytes. */
void tpm_hmac(const struct tpm_hash *hash, const uint8_t *key, const struct blob *pieces,
	size_t count, uint8_t digest[TPM_DIGEST_MAX]);

#endif
