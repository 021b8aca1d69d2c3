/* SPDX-License-Identifier: MIT */
/*
 * Signing by mbedtls, since Debian 12's libcrypto does not do RFC 6979;
 * verifying by libcrypto, so that the two check each other.
 */
#include "tools/common/ecdsa.h"

#include <mbedtls/ecdsa.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "tools/common/ecdsa_der.h"
#include "tools/common/hash.h"

struct signer {
	mbedtls_ecp_group group;
	mbedtls_mpi secret, r, s;
	uint8_t digest[SHA384_SIZE];
	mbedtls_md_type_t hash;
};

/* For blinding only: the signature does not depend on it. */
static int random_bytes(void *context, unsigned char *bytes, size_t size)
{
	(void)context;
	return RAND_bytes(bytes, (int)size) == 1 ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

static void hash_message(struct signer *signer, size_t key, const void *message, size_t size)
{
	signer->hash = key == 32 ? MBEDTLS_MD_SHA256 : MBEDTLS_MD_SHA384;
	if (key == 32)
		sha256(message, size, signer->digest);
	else
		sha384(message, size, signer->digest);
}

static bool load_secret(struct signer *signer, const EVP_PKEY *key, struct tool_error *error)
{
	mbedtls_ecp_group_id id = key_size(key) == 32 ? MBEDTLS_ECP_DP_SECP256R1
						      : MBEDTLS_ECP_DP_SECP384R1;
	uint8_t secret[KEY_SIZE_MAX];
	bool ok;

	if (!key_secret(key, secret, error))
		return false;
	ok = !mbedtls_ecp_group_load(&signer->group, id) &&
	     !mbedtls_mpi_read_binary(&signer->secret, secret, key_size(key));
	OPENSSL_cleanse(secret, sizeof(secret));
	return ok || fail_with(error, "mbedtls does not take the key");
}

static bool sign_digest(struct signer *signer, size_t size, uint8_t *signature)
{
	return !mbedtls_ecdsa_sign_det_ext(&signer->group, &signer->r, &signer->s, &signer->secret,
		       signer->digest, size, signer->hash, random_bytes, NULL) &&
	       !mbedtls_mpi_write_binary(&signer->r, signature, size) &&
	       !mbedtls_mpi_write_binary(&signer->s, signature + size, size);
}

bool ecdsa_sign(const EVP_PKEY *key, const void *message, size_t size,
	uint8_t signature[ECDSA_SIZE_MAX], struct tool_error *error)
{
	struct signer signer = {0};
	bool ok;

	mbedtls_ecp_group_init(&signer.group);
	mbedtls_mpi_init(&signer.secret);
	mbedtls_mpi_init(&signer.r);
	mbedtls_mpi_init(&signer.s);
	hash_message(&signer, key_size(key), message, size);
	ok = load_secret(&signer, key, error);
	if (ok && !sign_digest(&signer, key_size(key), signature))
		ok = fail_with(error, "mbedtls cannot sign with the key");
	mbedtls_ecp_group_free(&signer.group);
	mbedtls_mpi_free(&signer.secret);
	mbedtls_mpi_free(&signer.r);
	mbedtls_mpi_free(&signer.s);
	return ok;
}

bool ecdsa_verify(EVP_PKEY *key, const void *message, size_t size, const uint8_t *signature)
{
	const EVP_MD *md = key_size(key) == 32 ? EVP_sha256() : EVP_sha384();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const int bytes = (int)key_size(key);
	size_t length;
	uint8_t *der = ecdsa_der(BN_bin2bn(signature, bytes, NULL),
		BN_bin2bn(signature + bytes, bytes, NULL), &length);
	bool good;

	good = context && bytes && length &&
	       EVP_DigestVerifyInit(context, NULL, md, NULL, key) == 1 &&
	       EVP_DigestVerify(context, der, length, message, size) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return good;
}
