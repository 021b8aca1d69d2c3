/* SPDX-License-Identifier: MIT */
/*
 * TPM keys for libcrypto; see services/vtpm/public_key.h.
 */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "services/vtpm/public_key.h"
#include "services/vtpm/tpm2.h"

/* TPM 2.0 Library, Part 2: an exponent of zero is this one. */
#define RSA_EXPONENT 65537UL

#define POINT_UNCOMPRESSED 0x04
#define COORDINATE_MAX 48U

static EVP_PKEY *make(const char *type, OSSL_PARAM *parameters)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (!context || !parameters || EVP_PKEY_fromdata_init(context) <= 0 ||
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	return key;
}

/* A TPM may leave out a coordinate's leading zeros. */
static bool put_coordinate(uint8_t *to, size_t width, const uint8_t *from, size_t size)
{
	if (size > width)
		return false;
	memset(to, 0, width);
	memcpy(to + width - size, from, size);
	return true;
}

static EVP_PKEY *ecc_key(const struct key_numbers *key)
{
	bool p384 = key->curve == TPM_ECC_NIST_P384;
	char group[] = "P-256", group384[] = "P-384";
	size_t width = p384 ? 48 : 32;
	uint8_t point[1 + 2 * COORDINATE_MAX] = {POINT_UNCOMPRESSED};
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(
			OSSL_PKEY_PARAM_GROUP_NAME, p384 ? group384 : group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * width),
		OSSL_PARAM_construct_end(),
	};

	if (!put_coordinate(point + 1, width, key->first, key->first_size) ||
		!put_coordinate(point + 1 + width, width, key->second, key->second_size))
		return NULL;
	return make("EC", parameters);
}

static EVP_PKEY *rsa_key(const struct key_numbers *key)
{
	BIGNUM *modulus = BN_bin2bn(key->first, (int)key->first_size, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *parameters = NULL;
	EVP_PKEY *made;

	if (modulus && build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) &&
		OSSL_PARAM_BLD_push_ulong(build, OSSL_PKEY_PARAM_RSA_E, RSA_EXPONENT))
		parameters = OSSL_PARAM_BLD_to_param(build);
	made = make("RSA", parameters);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(build);
	BN_free(modulus);
	return made;
}

EVP_PKEY *public_key_of(const struct key_numbers *key)
{
	return key->type == TPM_ALG_RSA ? rsa_key(key) : ecc_key(key);
}
