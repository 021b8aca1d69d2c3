/* SPDX-License-Identifier: MIT */
/*
 * Keys from their private numbers, by libcrypto alone.
 */
#include "tests/unit/unit_test.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "tests/unit/key_fixture.h"

/* The encoded public point of @secret. */
static size_t public_point(const char *curve, const BIGNUM *secret, uint8_t *out, size_t size)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(curve));
	EC_POINT *point = EC_POINT_new(group);
	size_t length;

	assert_non_null(point);
	assert_int_equal(EC_POINT_mul(group, point, secret, NULL, NULL, NULL), 1);
	length = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, size, NULL);
	assert_true(length > 0);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return length;
}

EVP_PKEY *fixture_key(const char *curve, const char *secret)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;
	BIGNUM *number = NULL;
	OSSL_PARAM *params;
	uint8_t point[128];
	size_t size;

	assert_true(BN_hex2bn(&number, secret) > 0);
	size = public_point(curve, number, point, sizeof(point));
	OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
	OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, size);
	params = OSSL_PARAM_BLD_to_param(build);
	assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
	assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(number);
	EVP_PKEY_CTX_free(context);
	return key;
}

void fixture_write_key(EVP_PKEY *key, const char *path)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(fclose(file), 0);
}
