/* SPDX-License-Identifier: MIT */
/*
 * The secure processor's forms of keys and signatures, over key.c and ecdsa.c.
 */
#include "tools/common/snp_key.h"

#include <openssl/evp.h>
#include <string.h>

#include "tools/common/hash.h"

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

void snp_number_write(const uint8_t big_endian[KEY_SIZE_MAX], uint8_t number[SNP_NUMBER_SIZE])
{
	memset(number, 0, SNP_NUMBER_SIZE);
	for (size_t i = 0; i < KEY_SIZE_MAX; i++)
		number[i] = big_endian[KEY_SIZE_MAX - 1 - i];
}

bool snp_number_read(const uint8_t number[SNP_NUMBER_SIZE], uint8_t big_endian[KEY_SIZE_MAX])
{
	for (size_t i = 0; i < KEY_SIZE_MAX; i++)
		big_endian[i] = number[KEY_SIZE_MAX - 1 - i];
	return is_zero(number + KEY_SIZE_MAX, SNP_NUMBER_SIZE - KEY_SIZE_MAX);
}

static bool check_curve(const EVP_PKEY *key, struct tool_error *error)
{
	if (key_size(key) == KEY_SIZE_MAX)
		return true;
	return fail_with(error, "the secure processor takes keys on P-384 only, not on P-256");
}

bool snp_sign(const EVP_PKEY *key, const void *message, size_t size,
	struct snp_signature *signature, struct tool_error *error)
{
	uint8_t bytes[ECDSA_SIZE_MAX];

	if (!check_curve(key, error) || !ecdsa_sign(key, message, size, bytes, error))
		return false;
	memset(signature, 0, sizeof(*signature));
	snp_number_write(bytes, signature->r);
	snp_number_write(bytes + KEY_SIZE_MAX, signature->s);
	return true;
}

bool snp_public_key(
	const EVP_PKEY *key, struct snp_public_key *public_key, struct tool_error *error)
{
	uint8_t x[KEY_SIZE_MAX], y[KEY_SIZE_MAX];

	if (!check_curve(key, error) || !key_point(key, x, y, error))
		return false;
	*public_key = (struct snp_public_key){.curve = SNP_CURVE_P384};
	snp_number_write(x, public_key->qx);
	snp_number_write(y, public_key->qy);
	return true;
}

bool snp_verify(
	EVP_PKEY *key, const void *message, size_t size, const struct snp_signature *signature)
{
	uint8_t bytes[ECDSA_SIZE_MAX];

	return key_size(key) == KEY_SIZE_MAX && snp_number_read(signature->r, bytes) &&
	       snp_number_read(signature->s, bytes + KEY_SIZE_MAX) &&
	       is_zero(signature->reserved, sizeof(signature->reserved)) &&
	       ecdsa_verify(key, message, size, bytes);
}

EVP_PKEY *snp_public_key_read(const struct snp_public_key *public_key)
{
	uint8_t x[KEY_SIZE_MAX], y[KEY_SIZE_MAX];

	if (public_key->curve != SNP_CURVE_P384 || !snp_number_read(public_key->qx, x) ||
		!snp_number_read(public_key->qy, y) ||
		!is_zero(public_key->reserved, sizeof(public_key->reserved)))
		return NULL;
	return key_from_point(x, y, KEY_SIZE_MAX);
}

void snp_key_digest(const struct snp_public_key *public_key, uint8_t digest[SNP_DIGEST_SIZE])
{
	sha384(public_key, sizeof(*public_key), digest);
}
