/* SPDX-License-Identifier: MIT */
/*
 * The issuing key and what it signs; see services/vtpm/certificate.h. Certificates are
 * written backwards (services/vtpm/der.h), so their fields stand here in the reverse of
 * RFC 5280's order.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "services/vtpm/certificate.h"
#include "services/vtpm/extensions.h"
#include "services/vtpm/public_key.h"
#include "services/vtpm/tpm_commands.h"

/* The end of time: RFC 5280, section 4.1.2.5. */
#define NEVER "99991231235959Z"

#define SERIAL_SIZE 16U
#define SIGNATURE_MAX 80U
#define POINT_SIZE 65U
#define DIGEST_SIZE 32U

/* ecdsa-with-SHA256 (RFC 5758) */
static const uint8_t signature_algorithm[] = {
	0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

static EVP_PKEY *issuer_key;
static uint8_t issuer_digest[DIGEST_SIZE]; /* of its SubjectPublicKeyInfo */

/* Two launches have two issuers, whose names differ as their keys do. */
static void write_issuer_name(struct der *der)
{
	static const uint8_t common_name[] = {0x06, 0x03, 0x55, 0x04, 0x03};
	const uint8_t *mark = der->at;
	const uint8_t *d = issuer_digest;
	char text[64];

	snprintf(text, sizeof(text), "Nacre vTPM of launch %02x%02x%02x%02x%02x%02x%02x%02x", d[0],
		d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
	der_text(der, DER_UTF8_STRING, text);
	der_bytes(der, common_name, sizeof(common_name));
	der_wrap(der, DER_SEQUENCE, mark);
	der_wrap(der, DER_SET, mark);
	der_wrap(der, DER_SEQUENCE, mark);
}

/* Years before 2050 are written with two digits: RFC 5280, section 4.1.2.5. */
static void write_validity(struct der *der)
{
	const uint8_t *mark = der->at;

	der_text(der, DER_GENERALIZED_TIME, NEVER);
	if (strncmp(VTPM_NOT_BEFORE, "2050", 4) < 0)
		der_text(der, DER_UTC_TIME, VTPM_NOT_BEFORE + 2);
	else
		der_text(der, DER_GENERALIZED_TIME, VTPM_NOT_BEFORE);
	der_wrap(der, DER_SEQUENCE, mark);
}

/* Positive, and never zero. */
static void write_serial(struct der *der, const uint8_t digest[DIGEST_SIZE])
{
	uint8_t serial[SERIAL_SIZE];

	memcpy(serial, digest, sizeof(serial));
	serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40);
	der_number(der, serial, sizeof(serial));
}

static void write_version_3(struct der *der)
{
	static const uint8_t version[] = {0xa0, 0x03, 0x02, 0x01, 0x02};

	der_bytes(der, version, sizeof(version));
}

/* A certificate on its way: extensions are written, then the rest in front of them. */
struct draft {
	uint8_t memory[CERTIFICATE_MAX];
	struct der der;
	const uint8_t *end;
};

static void begin(struct draft *draft)
{
	der_start(&draft->der, draft->memory, sizeof(draft->memory));
	draft->end = draft->der.at;
}

static void end_extensions(struct draft *draft)
{
	der_wrap(&draft->der, DER_SEQUENCE, draft->end);
	der_wrap(&draft->der, DER_EXPLICIT_0 + 3, draft->end);
}

static bool digest_of(const void *bytes, size_t size, uint8_t digest[DIGEST_SIZE])
{
	return EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
}

/* What stands before the extensions; the subject is the issuer itself, or empty. */
static bool write_rest(struct draft *draft, const struct key_numbers *key, bool own)
{
	struct der *der = &draft->der;
	const uint8_t *mark = der->at;
	uint8_t digest[DIGEST_SIZE];

	if (!public_key_write(der, key) || !digest_of(der->at, (size_t)(mark - der->at), digest))
		return false;
	if (own)
		write_issuer_name(der);
	else
		der_wrap(der, DER_SEQUENCE, der->at);
	write_validity(der);
	write_issuer_name(der);
	der_bytes(der, signature_algorithm, sizeof(signature_algorithm));
	write_serial(der, digest);
	write_version_3(der);
	der_wrap(der, DER_SEQUENCE, draft->end);
	return !der->full;
}

static bool make_signature(const struct der *signed_part, uint8_t *signature, size_t *size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool done = context &&
		    EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, issuer_key) > 0 &&
		    EVP_DigestSign(
			    context, signature, size, signed_part->at, der_size(signed_part)) > 0;

	EVP_MD_CTX_free(context);
	return done;
}

static bool sign(const struct der *signed_part, struct certificate *out)
{
	uint8_t signature[SIGNATURE_MAX];
	size_t size = sizeof(signature);
	struct der der;

	if (!make_signature(signed_part, signature, &size))
		return false;
	der_start(&der, out->der, sizeof(out->der));
	der_bytes(&der, signature, size);
	der_bytes(&der, "", 1); /* no unused bits */
	der_wrap(&der, DER_BIT_STRING, der.end);
	der_bytes(&der, signature_algorithm, sizeof(signature_algorithm));
	der_bytes(&der, signed_part->at, der_size(signed_part));
	der_wrap(&der, DER_SEQUENCE, der.end);
	out->size = der_size(&der);
	memmove(out->der, der.at, out->size);
	return !der.full;
}

static bool read_issuer(uint8_t point[POINT_SIZE], struct key_numbers *key)
{
	size_t size = 0, half = POINT_SIZE / 2;

	*key = (struct key_numbers){.type = TPM_ALG_ECC,
		.curve = TPM_ECC_NIST_P256,
		.first = point + 1,
		.second = point + 1 + half,
		.first_size = half,
		.second_size = half};
	return EVP_PKEY_get_octet_string_param(
		       issuer_key, OSSL_PKEY_PARAM_PUB_KEY, point, POINT_SIZE, &size) &&
	       size == POINT_SIZE;
}

static bool publish(const struct key_numbers *key, struct issuer_public *out)
{
	struct der der;

	der_start(&der, out->der, sizeof(out->der));
	if (!public_key_write(&der, key))
		return false;
	out->size = der_size(&der);
	memmove(out->der, der.at, out->size);
	return digest_of(out->der, out->size, issuer_digest);
}

bool issuer_start(struct certificate *own, struct issuer_public *public_key)
{
	uint8_t point[POINT_SIZE];
	struct key_numbers key;
	struct draft draft;

	issuer_key = EVP_EC_gen("P-256");
	if (!issuer_key || !read_issuer(point, &key) || !publish(&key, public_key))
		return false;
	begin(&draft);
	extension_own_identifier(&draft.der, issuer_digest);
	extension_usage(&draft.der, USAGE_KEY_CERT_SIGN);
	extension_constraints(&draft.der, true);
	end_extensions(&draft);
	return write_rest(&draft, &key, true) && sign(&draft.der, own);
}

/* What the key may be used for, by its kind. */
static enum key_usage usage_of(const struct key_numbers *key, bool signing)
{
	if (signing)
		return USAGE_DIGITAL_SIGNATURE;
	return key->type == TPM_ALG_RSA ? USAGE_KEY_ENCIPHERMENT : USAGE_KEY_AGREEMENT;
}

bool issuer_certify(const struct key_numbers *key, bool signing, const struct tpm_facts *facts,
	struct certificate *out)
{
	struct draft draft;

	if (!issuer_key)
		return false;
	begin(&draft);
	extension_issuer_identifier(&draft.der, issuer_digest);
	extension_purpose(&draft.der, signing);
	extension_usage(&draft.der, usage_of(key, signing));
	extension_constraints(&draft.der, false);
	if (!signing)
		extension_specification(&draft.der);
	extension_name(&draft.der, facts);
	end_extensions(&draft);
	return write_rest(&draft, key, false) && sign(&draft.der, out);
}

void issuer_wipe(void)
{
	EVP_PKEY_free(issuer_key);
	issuer_key = NULL;
}
