/* SPDX-License-Identifier: MIT */
/*
 * The issuing key and what it signs; see services/vtpm/certificate.h.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "services/vtpm/certificate.h"
#include "services/vtpm/public_key.h"
#include "services/vtpm/tcg_extensions.h"
#include "services/vtpm/tpm2.h"

/* GeneralizedTime of the end of time: RFC 5280, section 4.1.2.5. */
#define NEVER "99991231235959Z"

/* In full, positive, never zero. */
#define SERIAL_SIZE 16U

static EVP_PKEY *issuer_key;
static X509 *issuer_own; /* its certificate */

static bool set_serial(X509 *certificate, const EVP_PKEY *key)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	unsigned char *der = NULL;
	int der_size = i2d_PUBKEY(key, &der);
	BIGNUM *number;
	bool done;

	if (der_size <= 0)
		return false;
	done = EVP_Digest(der, (size_t)der_size, digest, &size, EVP_sha256(), NULL);
	OPENSSL_free(der);
	digest[0] = (uint8_t)((digest[0] & 0x3f) | 0x40);
	number = done ? BN_bin2bn(digest, SERIAL_SIZE, NULL) : NULL;
	done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
	BN_free(number);
	return done;
}

static bool set_times(X509 *certificate)
{
	return ASN1_TIME_set(X509_getm_notBefore(certificate), VTPM_NOT_BEFORE) &&
	       ASN1_TIME_set_string(X509_getm_notAfter(certificate), NEVER);
}

/* All but extensions and signature; @issuer is its name. */
static X509 *new_certificate(EVP_PKEY *key, const X509_NAME *issuer)
{
	X509 *certificate = X509_new();

	if (certificate && X509_set_version(certificate, X509_VERSION_3) &&
		set_serial(certificate, key) && set_times(certificate) &&
		X509_set_issuer_name(certificate, issuer) && X509_set_pubkey(certificate, key))
		return certificate;
	X509_free(certificate);
	return NULL;
}

/* One of the extensions that libcrypto makes from text. */
static bool add_text(X509 *certificate, X509V3_CTX *context, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
	bool done = extension && X509_add_ext(certificate, extension, -1);

	X509_EXTENSION_free(extension);
	return done;
}

static bool sign(X509 *certificate, struct certificate *out)
{
	unsigned char *at = out->der;
	int size;

	if (!X509_sign(certificate, issuer_key, EVP_sha256()))
		return false;
	size = i2d_X509(certificate, NULL);
	if (size <= 0 || (size_t)size > sizeof(out->der))
		return false;
	out->size = (size_t)i2d_X509(certificate, &at);
	return true;
}

/* Two launches have two issuers, whose names differ as their keys do. */
static X509_NAME *make_issuer_name(const EVP_PKEY *key)
{
	X509_NAME *name = X509_NAME_new();
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned char *der = NULL;
	int size = i2d_PUBKEY(key, &der);
	char text[64];

	if (size > 0 && EVP_Digest(der, (size_t)size, digest, NULL, EVP_sha256(), NULL)) {
		snprintf(text, sizeof(text),
			"Nacre vTPM of launch %02x%02x%02x%02x%02x%02x%02x%02x", digest[0],
			digest[1], digest[2], digest[3], digest[4], digest[5], digest[6],
			digest[7]);
		X509_NAME_add_entry_by_txt(
			name, "CN", MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0);
	}
	OPENSSL_free(der);
	return name;
}

static bool add_issuer_extensions(X509 *certificate)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	return add_text(certificate, &context, NID_basic_constraints,
		       "critical,CA:TRUE,pathlen:0") &&
	       add_text(certificate, &context, NID_key_usage, "critical,keyCertSign") &&
	       add_text(certificate, &context, NID_subject_key_identifier, "hash");
}

static bool write_public(const EVP_PKEY *key, struct issuer_public *out)
{
	unsigned char *at = out->der;
	int size = i2d_PUBKEY(key, NULL);

	if (size <= 0 || (size_t)size > sizeof(out->der))
		return false;
	out->size = (size_t)i2d_PUBKEY(key, &at);
	return true;
}

bool issuer_start(struct certificate *own, struct issuer_public *public_key)
{
	X509_NAME *name;
	bool done;

	issuer_key = EVP_EC_gen("P-256");
	name = issuer_key ? make_issuer_name(issuer_key) : NULL;
	issuer_own = name ? new_certificate(issuer_key, name) : NULL;
	done = issuer_own && X509_set_subject_name(issuer_own, name) &&
	       add_issuer_extensions(issuer_own) && sign(issuer_own, own) &&
	       write_public(issuer_key, public_key);
	X509_NAME_free(name);
	return done;
}

/* What the key may be used for, by its kind. */
static const char *key_usage(const struct key_numbers *key, bool signing)
{
	if (signing)
		return "critical,digitalSignature";
	return key->type == TPM_ALG_RSA ? "critical,keyEncipherment" : "critical,keyAgreement";
}

static bool add_extensions(X509 *certificate, const struct key_numbers *key, bool signing,
	const struct tpm_facts *facts)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, issuer_own, certificate, NULL, NULL, 0);
	return tcg_add_name(certificate, facts->manufacturer, facts->firmware_version) &&
	       (signing || tcg_add_specification(certificate)) &&
	       add_text(certificate, &context, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_text(certificate, &context, NID_key_usage, key_usage(key, signing)) &&
	       add_text(certificate, &context, NID_ext_key_usage,
		       signing ? TCG_KP_AIK : TCG_KP_EK) &&
	       add_text(certificate, &context, NID_authority_key_identifier, "keyid:always");
}

bool issuer_certify(const struct key_numbers *key, bool signing, const struct tpm_facts *facts,
	struct certificate *out)
{
	EVP_PKEY *public = issuer_key ? public_key_of(key) : NULL;
	X509 *certificate = public ? new_certificate(public, X509_get_subject_name(issuer_own))
				   : NULL;
	bool done = certificate && add_extensions(certificate, key, signing, facts) &&
		    sign(certificate, out);

	X509_free(certificate);
	EVP_PKEY_free(public);
	return done;
}

void issuer_wipe(void)
{
	EVP_PKEY_free(issuer_key);
	X509_free(issuer_own);
	issuer_key = NULL;
	issuer_own = NULL;
}
