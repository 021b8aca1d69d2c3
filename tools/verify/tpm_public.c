/* SPDX-License-Identifier: MIT */
/*
 * Taking public areas apart; see tpm_public.h.
 */
#include "tpm_public.h"

#include <inttypes.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "tools/common/key.h"
#include "tpm_reader.h"

#define RSA_EXPONENT_DEFAULT 65537U

/* TPMT_SYM_DEF_OBJECT */
static void read_symmetric(struct tpm_reader *reader, struct tpm_public *public)
{
	public->symmetric = tpm_u16(reader);
	if (public->symmetric == TPM_ALG_NULL)
		return;
	public->symmetric_bits = tpm_u16(reader);
	public->symmetric_mode = tpm_u16(reader);
}

/* TPMT_RSA_SCHEME and TPMT_ECC_SCHEME differ in the schemes they can have. */
static bool read_scheme(struct tpm_reader *reader, struct tpm_public *public)
{
	public->scheme_hash = TPM_ALG_NULL;
	public->scheme = tpm_u16(reader);
	switch (public->scheme) {
	case TPM_ALG_NULL:
	case TPM_ALG_RSAES:
		return true;
	case TPM_ALG_RSASSA:
	case TPM_ALG_RSAPSS:
	case TPM_ALG_OAEP:
	case TPM_ALG_ECDSA:
	case TPM_ALG_ECDH:
	case TPM_ALG_SM2:
	case TPM_ALG_ECSCHNORR:
		public
		->scheme_hash = tpm_u16(reader);
		return true;
	default:
		return false;
	}
}

static bool read_rsa(struct tpm_reader *reader, struct tpm_public *public, struct tool_error *error)
{
	public->bits = tpm_u16(reader);
	public->exponent = tpm_u32(reader);
	public->x = tpm_sized(reader);
	if (!public->exponent)
	public->exponent = RSA_EXPONENT_DEFAULT;
	if (reader->failed)
		return true; /* tpm_finish() says so */
	if (public->bits < TPM_RSA_BITS_MIN || public->bits > TPM_RSA_BITS_MAX ||
		public->x.size != public->bits / 8U || !(public->x.bytes[0] & 0x80))
		return fail_at(error, reader->at,
			"an RSA key of %u bits with %zu bytes of modulus; %u to %u bits are "
			"expected",
			public->bits, public->x.size, TPM_RSA_BITS_MIN, TPM_RSA_BITS_MAX);
	return true;
}

static bool read_ecc(struct tpm_reader *reader, struct tpm_public *public, struct tool_error *error)
{
	uint16_t kdf;
	size_t size;

	public->curve = tpm_u16(reader);
	kdf = tpm_u16(reader);
	if (kdf != TPM_ALG_NULL)
		tpm_u16(reader); /* its hash */
	public->x = tpm_sized(reader);
	public->y = tpm_sized(reader);
	if (reader->failed)
		return true;
	size = tpm_public_point_size(public);
	if (!size)
		return fail_at(error, reader->at,
			"curve 0x%04x; P-256 (3) and P-384 (4) are expected", public->curve);
	if (public->x.size != size || public->y.size != size)
		return fail_at(error, reader->at,
			"coordinates of %zu and %zu bytes; the curve's have %zu", public->x.size,
			public->y.size, size);
	return true;
}

static bool read_parts(
	struct tpm_reader *reader, struct tpm_public *public, struct tool_error *error)
{
	uint16_t name_alg;

	public->type = tpm_u16(reader);
	if (public->type != TPM_ALG_RSA && public->type != TPM_ALG_ECC)
		return fail_at(
			error, 0, "no public area of an RSA or ECC key: type 0x%04x", public->type);
	name_alg = tpm_u16(reader);
	public->name_hash = tpm_hash_find(name_alg);
	public->attributes = tpm_u32(reader);
	if (!reader->failed && !public->name_hash)
		return fail_at(error, 2, "name algorithm 0x%04x; SHA-256 to SHA-512 are expected",
			name_alg);
	if (public->attributes & TPMA_OBJECT_RESERVED)
		return fail_at(error, 4, "attributes 0x%08" PRIx32 " have reserved bits",
			public->attributes);
	tpm_sized(reader); /* authPolicy: who may use the key says nothing about what it is */
	read_symmetric(reader, public);
	if (!read_scheme(reader, public) && !reader->failed)
		return fail_at(error, reader->at, "unknown scheme 0x%04x", public->scheme);
	return public->type == TPM_ALG_RSA ? read_rsa(reader, public, error)
					   : read_ecc(reader, public, error);
}

/* A size that fits stands in front of TPM2B; it is no type of key then. */
static bool is_sized(const struct blob *blob)
{
	return blob->size >= 2 && (size_t)(blob->bytes[0] << 8 | blob->bytes[1]) == blob->size - 2;
}

bool tpm_public_read(const struct blob *blob, struct tpm_public *public, struct tool_error *error)
{
	const size_t skip = is_sized(blob) ? 2 : 0;
	struct tpm_reader reader = {
		.blob = {blob->size ? blob->bytes + skip : NULL, blob->size - skip}};

	*public = (struct tpm_public){.bytes = reader.blob};
	if (blob->size > TPM_PUBLIC_MAX)
		return fail_at(error, TPM_PUBLIC_MAX, "longer than a public area can be");
	if (read_parts(&reader, public, error) && tpm_finish(&reader, "the public area", error))
		return true;
	error->offset += skip;
	return false;
}

static EVP_PKEY *rsa_key(const struct tpm_public *public)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *modulus = BN_bin2bn(public->x.bytes, (int)public->x.size, NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (builder && context && modulus &&
		OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) &&
		OSSL_PARAM_BLD_push_uint(builder, OSSL_PKEY_PARAM_RSA_E, public->exponent))
		params = OSSL_PARAM_BLD_to_param(builder);
	if (params && EVP_PKEY_fromdata_init(context) == 1)
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	BN_free(modulus);
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return key;
}

EVP_PKEY *tpm_public_key(const struct tpm_public *public)
{
	if (public->type == TPM_ALG_RSA)
		return rsa_key(public);
	return key_from_point(public->x.bytes, public->y.bytes, public->x.size);
}

void tpm_public_name(const struct tpm_public *public, struct tpm_name *name)
{
	const struct tpm_hash *hash = public->name_hash;

	name->bytes[0] = (uint8_t)(hash->alg >> 8);
	name->bytes[1] = (uint8_t)hash->alg;
	name->size = 2 + hash->size;
	tpm_hash_pieces(hash, &public->bytes, 1, name->bytes + 2);
}

static const struct {
	uint32_t bit;
	const char *name;
} attributes[] = {
	{TPMA_OBJECT_FIXED_TPM, "fixedTPM"},
	{TPMA_OBJECT_FIXED_PARENT, "fixedParent"},
	{TPMA_OBJECT_SENSITIVE_DATA_ORIGIN, "sensitiveDataOrigin"},
	{TPMA_OBJECT_RESTRICTED, "restricted"},
	{TPMA_OBJECT_SIGN, "sign"},
	{TPMA_OBJECT_DECRYPT, "decrypt"},
};

static bool check_attributes(const struct tpm_public *public, uint32_t wanted, uint32_t unwanted,
	struct tool_error *error)
{
	const uint32_t set = public->attributes;

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		const uint32_t bit = attributes[i].bit;

		if (wanted & bit && !(set & bit))
			return fail_with(error, "it has not the attribute %s", attributes[i].name);
		if (unwanted & bit && set & bit)
			return fail_with(error, "it has the attribute %s", attributes[i].name);
	}
	return true;
}

#define OWN                                                                                     \
	(TPMA_OBJECT_FIXED_TPM | TPMA_OBJECT_FIXED_PARENT | TPMA_OBJECT_SENSITIVE_DATA_ORIGIN | \
		TPMA_OBJECT_RESTRICTED)

bool tpm_public_is_ak(const struct tpm_public *public, struct tool_error *error)
{
	return check_attributes(public, OWN | TPMA_OBJECT_SIGN, TPMA_OBJECT_DECRYPT, error);
}

bool tpm_public_is_ek(const struct tpm_public *public, struct tool_error *error)
{
	if (!check_attributes(public, OWN | TPMA_OBJECT_DECRYPT, TPMA_OBJECT_SIGN, error))
		return false;
	return (public->symmetric == TPM_ALG_AES && public->symmetric_mode == TPM_ALG_CFB &&
		       (public->symmetric_bits == 128 || public->symmetric_bits == 256)) ||
	       fail_with(error, "it protects credentials by something else than AES in CFB mode");
}

const char *tpm_public_kind(const struct tpm_public *public)
{
	if (public->type == TPM_ALG_ECC)
		return public->curve == TPM_ECC_NIST_P256 ? "ECC on P-256" : "ECC on P-384";
	switch (public->bits) {
	case 2048:
		return "RSA, 2048 bits";
	case 3072:
		return "RSA, 3072 bits";
	case 4096:
		return "RSA, 4096 bits";
	default:
		return "RSA";
	}
}

size_t tpm_public_point_size(const struct tpm_public *public)
{
	switch (public->curve) {
	case TPM_ECC_NIST_P256:
		return 32;
	case TPM_ECC_NIST_P384:
		return 48;
	default:
		return 0;
	}
}
