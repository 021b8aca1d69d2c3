/* SPDX-License-Identifier: MIT */
/*
 * Hashes by libcrypto under their TPM names.
 */
#include "tpm_hash.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct tpm_hash tpm_hashes[TPM_HASHES] = {
	{TPM_ALG_SHA256, 32, "sha256", EVP_sha256},
	{TPM_ALG_SHA384, 48, "sha384", EVP_sha384},
	{TPM_ALG_SHA512, 64, "sha512", EVP_sha512},
};

const struct tpm_hash *tpm_hash_find(uint16_t alg)
{
	for (size_t i = 0; i < TPM_HASHES; i++) {
		if (tpm_hashes[i].alg == alg)
			return &tpm_hashes[i];
	}
	return NULL;
}

const struct tpm_hash *tpm_hash_of_name(const char *name)
{
	for (size_t i = 0; i < TPM_HASHES; i++) {
		if (!strcmp(tpm_hashes[i].name, name))
			return &tpm_hashes[i];
	}
	return NULL;
}

static void require(bool ok)
{
	if (ok)
		return;
	fputs("libcrypto refused to compute a digest\n", stderr);
	abort();
}

void tpm_hash_pieces(const struct tpm_hash *hash, const struct blob *pieces, size_t count,
	uint8_t digest[TPM_DIGEST_MAX])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	require(context && EVP_DigestInit_ex(context, hash->md(), NULL) == 1);
	for (size_t i = 0; i < count; i++)
		require(EVP_DigestUpdate(context, pieces[i].bytes, pieces[i].size) == 1);
	require(EVP_DigestFinal_ex(context, digest, NULL) == 1);
	EVP_MD_CTX_free(context);
}

void tpm_hmac(const struct tpm_hash *hash, const uint8_t *key, const struct blob *pieces,
	size_t count, uint8_t digest[TPM_DIGEST_MAX])
{
	EVP_PKEY *mac_key = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, key, hash->size);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = TPM_DIGEST_MAX;

	require(mac_key && context &&
		EVP_DigestSignInit(context, NULL, hash->md(), NULL, mac_key) == 1);
	for (size_t i = 0; i < count; i++)
		require(EVP_DigestSignUpdate(context, pieces[i].bytes, pieces[i].size) == 1);
	require(EVP_DigestSignFinal(context, digest, &size) == 1);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(mac_key);
}
