/* SPDX-License-Identifier: MIT */
/*
 * Public keys in DER; see services/vtpm/public_key.h.
 */
#include <string.h>

#include "services/vtpm/public_key.h"
#include "services/vtpm/tpm_commands.h"

#define POINT_UNCOMPRESSED 0x04
#define COORDINATE_MAX 48U

/* AlgorithmIdentifier: id-ecPublicKey with a named curve (RFC 5480). */
static const uint8_t on_p256[] = {0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const uint8_t on_p384[] = {0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
/* rsaEncryption (RFC 3279) */
static const uint8_t rsa[] = {
	0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

/* TPM 2.0 Library, Part 2: an exponent of zero is this one, 65537. */
static const uint8_t rsa_exponent[] = {1, 0, 1};

/* A TPM may leave out a coordinate's leading zeros. */
static bool write_coordinate(struct der *der, size_t width, const uint8_t *bytes, size_t size)
{
	static const uint8_t zeros[COORDINATE_MAX];

	if (size > width)
		return false;
	der_bytes(der, bytes, size);
	der_bytes(der, zeros, width - size);
	return true;
}

static bool write_point(struct der *der, const struct key_numbers *key)
{
	size_t width = key->curve == TPM_ECC_NIST_P384 ? 48 : 32;
	static const uint8_t form = POINT_UNCOMPRESSED;

	if (!write_coordinate(der, width, key->second, key->second_size) ||
		!write_coordinate(der, width, key->first, key->first_size))
		return false;
	der_bytes(der, &form, sizeof(form));
	return true;
}

static void write_modulus(struct der *der, const struct key_numbers *key)
{
	const uint8_t *mark = der->at;

	der_number(der, rsa_exponent, sizeof(rsa_exponent));
	der_number(der, key->first, key->first_size);
	der_wrap(der, DER_SEQUENCE, mark);
}

static void write_algorithm(struct der *der, const struct key_numbers *key)
{
	if (key->type == TPM_ALG_RSA)
		der_bytes(der, rsa, sizeof(rsa));
	else if (key->curve == TPM_ECC_NIST_P384)
		der_bytes(der, on_p384, sizeof(on_p384));
	else
		der_bytes(der, on_p256, sizeof(on_p256));
}

bool public_key_write(struct der *der, const struct key_numbers *key)
{
	const uint8_t *mark = der->at;

	if (key->type == TPM_ALG_RSA)
		write_modulus(der, key);
	else if (!write_point(der, key))
		return false;
	der_bytes(der, "", 1); /* no unused bits */
	der_wrap(der, DER_BIT_STRING, mark);
	write_algorithm(der, key);
	der_wrap(der, DER_SEQUENCE, mark);
	return !der->full;
}
