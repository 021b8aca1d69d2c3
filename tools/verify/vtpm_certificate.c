/* SPDX-License-Identifier: MIT */
/*
 * See vtpm_certificate.h. The certificates may be hostile only in so far as the issuing
 * key is: its signature is checked before anything else that they say counts.
 */
#include "vtpm_certificate.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

/* TCG's object identifiers. */
#define OID_MANUFACTURER "2.23.133.2.1"
#define OID_MODEL "2.23.133.2.2"
#define OID_VERSION "2.23.133.2.3"
#define OID_EK_CERTIFICATE "2.23.133.8.1"
#define OID_AIK_CERTIFICATE "2.23.133.8.3"

enum {
	CRITICAL = 1
};

static bool is_key_of(X509 *certificate, const struct tpm_public *public)
{
	EVP_PKEY *key = tpm_public_key(public);
	bool same = key && EVP_PKEY_eq(X509_get0_pubkey(certificate), key) == 1;

	EVP_PKEY_free(key);
	return same;
}

/* The endorsement key that it is of, or NULL. */
static const struct tpm_public *find_ek(X509 *certificate, const struct vtpm_identity *identity)
{
	for (size_t i = 0; i < identity->ek_count; i++) {
		if (is_key_of(certificate, &identity->eks[i]))
			return &identity->eks[i];
	}
	return NULL;
}

static bool is_valid_at(X509 *certificate, time_t time)
{
	return X509_cmp_time(X509_get0_notBefore(certificate), &time) < 0 &&
	       X509_cmp_time(X509_get0_notAfter(certificate), &time) > 0;
}

/* Whether the extension is there once, marked critical. */
static bool is_critical(X509 *certificate, int nid)
{
	const int at = X509_get_ext_by_NID(certificate, nid, -1);

	return at >= 0 && X509_get_ext_by_NID(certificate, nid, at) < 0 &&
	       X509_EXTENSION_get_critical(X509_get_ext(certificate, at)) == CRITICAL;
}

static bool has_usage(X509 *certificate, uint32_t usage)
{
	return is_critical(certificate, NID_key_usage) && X509_get_key_usage(certificate) == usage;
}

static bool has_attribute(const X509_NAME *name, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	bool has = object && X509_NAME_get_index_by_OBJ(name, object, -1) >= 0;

	ASN1_OBJECT_free(object);
	return has;
}

/* One name, a directory's, that says which TPM it is. */
static bool names_tpm(const GENERAL_NAMES *names)
{
	const GENERAL_NAME *name;

	if (sk_GENERAL_NAME_num(names) != 1)
		return false;
	name = sk_GENERAL_NAME_value(names, 0);
	return name->type == GEN_DIRNAME &&
	       has_attribute(name->d.directoryName, OID_MANUFACTURER) &&
	       has_attribute(name->d.directoryName, OID_MODEL) &&
	       has_attribute(name->d.directoryName, OID_VERSION);
}

static bool has_tpm_name(X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	bool has = names && names_tpm(names) && is_critical(certificate, NID_subject_alt_name);

	GENERAL_NAMES_free(names);
	return has;
}

/* For @oid and nothing else. */
static bool has_purpose(X509 *certificate, const char *oid)
{
	EXTENDED_KEY_USAGE *purposes = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
	ASN1_OBJECT *wanted = OBJ_txt2obj(oid, 1);
	bool has = purposes && wanted && sk_ASN1_OBJECT_num(purposes) == 1 &&
		   !OBJ_cmp(sk_ASN1_OBJECT_value(purposes, 0), wanted);

	ASN1_OBJECT_free(wanted);
	EXTENDED_KEY_USAGE_free(purposes);
	return has;
}

/* What certificates of all three kinds must have. */
static const char *form_fault(X509 *certificate, time_t time)
{
	const uint32_t flags = X509_get_extension_flags(certificate);

	if (flags & EXFLAG_INVALID)
		return "with extensions that are damaged or there twice";
	if (flags & EXFLAG_CRITICAL)
		return "with a critical extension that is unknown";
	if (X509_get_version(certificate) != X509_VERSION_3)
		return "not of version 3";
	if (!is_critical(certificate, NID_basic_constraints))
		return "without critical basic constraints";
	if (!is_valid_at(certificate, time))
		return "not valid at that time";
	return NULL;
}

static const char *issuer_fault(X509 *certificate)
{
	if (X509_check_ca(certificate) != 1 || X509_get_pathlen(certificate) != 0)
		return "the issuer's, but no CA with a path length of 0";
	if (!has_usage(certificate, KU_KEY_CERT_SIGN))
		return "the issuer's, but not for signing certificates alone";
	if (X509_check_issued(certificate, certificate) != X509_V_OK)
		return "the issuer's, but does not name itself as its issuer";
	return NULL;
}

static const char *leaf_fault(X509 *certificate, const char *purpose, uint32_t usage)
{
	if (X509_get_extension_flags(certificate) & EXFLAG_CA)
		return "a CA's, of a key that is no issuer";
	if (X509_NAME_entry_count(X509_get_subject_name(certificate)))
		return "with a subject; it must be empty";
	if (!has_tpm_name(certificate))
		return "without a critical alternative name with the TPM's manufacturer, model and "
		       "version";
	if (!has_purpose(certificate, purpose))
		return "for another purpose than its key's (2.23.133.8.1, or 8.3 of the AK)";
	if (!has_usage(certificate, usage))
		return "for another usage than its key's";
	return NULL;
}

bool vtpm_certificate_is_issuer(X509 *certificate, const struct vtpm_identity *identity)
{
	return identity->issuer &&
	       EVP_PKEY_eq(X509_get0_pubkey(certificate), identity->issuer) == 1;
}

static const char *kind_fault(X509 *certificate, const struct vtpm_identity *identity)
{
	const struct tpm_public *ek = find_ek(certificate, identity);

	if (vtpm_certificate_is_issuer(certificate, identity))
		return issuer_fault(certificate);
	if (ek)
		return leaf_fault(certificate, OID_EK_CERTIFICATE,
			ek->type == TPM_ALG_RSA ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT);
	if (identity->has_ak && is_key_of(certificate, &identity->ak))
		return leaf_fault(certificate, OID_AIK_CERTIFICATE, KU_DIGITAL_SIGNATURE);
	return "of a key that the manifest does not name";
}

const char *vtpm_certificate_fault(
	X509 *certificate, const struct vtpm_identity *identity, time_t time)
{
	const char *fault;

	if (!identity->issuer)
		return "without an issuing key in the manifest that could have signed it";
	if (X509_verify(certificate, identity->issuer) != 1)
		return "not signed by this launch's issuing key";
	fault = form_fault(certificate, time);
	return fault ? fault : kind_fault(certificate, identity);
}
