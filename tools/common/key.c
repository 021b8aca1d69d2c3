/* SPDX-License-Identifier: MIT */
/*
 * Reading keys by OpenSSL's libcrypto.
 */
#include "tools/common/key.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

size_t key_size(const EVP_PKEY *key)
{
	char group[32];

	if (!EVP_PKEY_is_a(key, "EC") ||
		EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
		return 0;
	if (!strcmp(group, SN_X9_62_prime256v1))
		return 32;
	return strcmp(group, SN_secp384r1) ? 0 : 48;
}

static EVP_PKEY *read_public(FILE *file)
{
	EVP_PKEY *key = PEM_read_PUBKEY(file, NULL, NULL, NULL);
	X509 *certificate;

	if (key)
		return key;
	rewind(file);
	certificate = PEM_read_X509(file, NULL, NULL, NULL);
	key = X509_get_pubkey(certificate);
	X509_free(certificate);
	return key;
}

static EVP_PKEY *read_private(FILE *file)
{
	return PEM_read_PrivateKey(file, NULL, NULL, NULL);
}

/* @what says which key is meant. */
static EVP_PKEY *read_key(
	const char *path, EVP_PKEY *(*read)(FILE *file), const char *what, struct tool_error *error)
{
	FILE *file = fopen(path, "rb");
	EVP_PKEY *key;

	if (!file) {
		fail_with(error, "cannot be opened: %s", strerror(errno));
		return NULL;
	}
	key = read(file);
	fclose(file);
	ERR_clear_error();
	if (key && key_size(key))
		return key;
	fail_with(error, "expected %s in PEM form, on P-384 or P-256%s", what,
		key ? "; this key is another" : "");
	EVP_PKEY_free(key);
	return NULL;
}

EVP_PKEY *key_read_private(const char *path, struct tool_error *error)
{
	return read_key(path, read_private, "a private key", error);
}

EVP_PKEY *key_read_public(const char *path, struct tool_error *error)
{
	return read_key(path, read_public, "a public key or a certificate", error);
}

static bool get_number(
	const EVP_PKEY *key, const char *name, uint8_t out[KEY_SIZE_MAX], struct tool_error *error)
{
	size_t size = key_size(key);
	BIGNUM *number = NULL;
	bool ok;

	ok = size && EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
	     BN_bn2binpad(number, out, (int)size) == (int)size;
	BN_clear_free(number);
	return ok || fail_with(error, "key has no number \"%s\"", name);
}

bool key_point(const EVP_PKEY *key, uint8_t x[KEY_SIZE_MAX], uint8_t y[KEY_SIZE_MAX],
	struct tool_error *error)
{
	return get_number(key, OSSL_PKEY_PARAM_EC_PUB_X, x, error) &&
	       get_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, y, error);
}

bool key_secret(const EVP_PKEY *key, uint8_t secret[KEY_SIZE_MAX], struct tool_error *error)
{
	return get_number(key, OSSL_PKEY_PARAM_PRIV_KEY, secret, error);
}

static EVP_PKEY *key_from_params(OSSL_PARAM *params)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (context && EVP_PKEY_fromdata_init(context) == 1)
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return key;
}

EVP_PKEY *key_from_point(const uint8_t *x, const uint8_t *y, size_t size)
{
	const char *group = size == 32 ? SN_X9_62_prime256v1 : SN_secp384r1;
	uint8_t point[1 + 2 * KEY_SIZE_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * size),
		OSSL_PARAM_construct_end(),
	};

	memcpy(point + 1, x, size);
	memcpy(point + 1 + size, y, size);
	return key_from_params(params);
}
