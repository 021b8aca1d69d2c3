/* SPDX-License-Identifier: MIT */
/*
 * The ARK's revocation lists: AMD's revoke the keys below the root.
 */
#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "chain.h"

static bool revoke(X509_CRL *crl, const X509 *certificate)
{
	X509_REVOKED *revoked = X509_REVOKED_new();
	ASN1_INTEGER *serial = ASN1_INTEGER_dup(X509_get0_serialNumber(certificate));
	bool ok = revoked && serial && X509_REVOKED_set_serialNumber(revoked, serial) == 1 &&
		  X509_REVOKED_set_revocationDate(
			  revoked, (ASN1_TIME *)X509_CRL_get0_lastUpdate(crl)) == 1 &&
		  X509_CRL_add0_revoked(crl, revoked) == 1;

	ASN1_INTEGER_free(serial);
	if (!ok)
		X509_REVOKED_free(revoked);
	return ok;
}

static bool add_number(X509_CRL *crl, long number)
{
	ASN1_INTEGER *value = ASN1_INTEGER_new();
	bool ok = value && ASN1_INTEGER_set(value, number) == 1 &&
		  X509_CRL_add1_ext_i2d(crl, NID_crl_number, value, 0, 0) == 1;

	ASN1_INTEGER_free(value);
	return ok;
}

static bool set_dates(X509_CRL *crl)
{
	ASN1_TIME *from = ASN1_TIME_new(), *until = ASN1_TIME_new();
	bool ok = from && until && chain_set_times(from, until) &&
		  X509_CRL_set1_lastUpdate(crl, from) == 1 &&
		  X509_CRL_set1_nextUpdate(crl, until) == 1;

	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	return ok;
}

static bool sign_list(X509_CRL *crl, EVP_PKEY *key)
{
	EVP_MD_CTX *context = chain_signing_context(key);
	bool ok = context && X509_CRL_sort(crl) == 1 && X509_CRL_sign_ctx(crl, context) > 0;

	EVP_MD_CTX_free(context);
	return ok;
}

static bool fill_list(X509_CRL *crl, const struct chain *chain, bool revoking)
{
	const X509 *root = chain->certificates[CHAIN_ARK];

	return X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
	       X509_CRL_set_issuer_name(crl, X509_get_subject_name(root)) == 1 && set_dates(crl) &&
	       add_number(crl, revoking ? 2 : 1) &&
	       (!revoking || (revoke(crl, chain->certificates[CHAIN_ASK]) &&
				     revoke(crl, chain->certificates[CHAIN_ASVK]))) &&
	       sign_list(crl, chain->keys[CHAIN_ARK]);
}

X509_CRL *crl_make(const struct chain *chain, bool revoking)
{
	X509_CRL *crl = X509_CRL_new();

	if (crl && fill_list(crl, chain, revoking))
		return crl;
	X509_CRL_free(crl);
	return NULL;
}
