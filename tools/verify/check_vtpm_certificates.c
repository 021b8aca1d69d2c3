/* SPDX-License-Identifier: MIT */
/*
 * Certificates of the vTPM's keys: each must be of a key that the manifest
 * names, signed by the issuing key that the same manifest names. One of another
 * launch is neither.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "verify.h"

static bool is_key_of(X509 *certificate, const struct tpm_public *public)
{
	EVP_PKEY *key = tpm_public_key(public);
	bool same = key && EVP_PKEY_eq(X509_get0_pubkey(certificate), key) == 1;

	EVP_PKEY_free(key);
	return same;
}

static bool is_named(X509 *certificate, const struct vtpm_identity *identity)
{
	for (size_t i = 0; i < identity->ek_count; i++) {
		if (is_key_of(certificate, &identity->eks[i]))
			return true;
	}
	return identity->has_ak && is_key_of(certificate, &identity->ak);
}

static const char *fault_of(X509 *certificate, const struct vtpm_identity *identity)
{
	if (!identity->issuer)
		return "without an issuing key in the manifest that could have signed it";
	if (X509_verify(certificate, identity->issuer) != 1)
		return "not signed by this launch's issuing key";
	if (!is_named(certificate, identity))
		return "of a key that the manifest does not name";
	return NULL;
}

void verify_vtpm_certificates(const struct verify_request *request,
	const struct vtpm_identity *identity, struct checks *checks)
{
	const struct certificates *certificates = request->quote->certificates;
	const char *fault = request->quote->fault;
	size_t i = 0;
	struct check *row;

	if (!fault && (!certificates || !certificates->count))
		return;
	for (; !fault && i < certificates->count; i++)
		fault = fault_of(certificates->list[i], identity);
	ERR_clear_error();
	row = check_add(checks, CHECK_TPM_CERTIFICATES, check_if(!fault));
	row_expected(row, "of a key in the manifest, by the manifest's issuing key");
	if (request->quote->fault)
		row_found(row, "%s", fault);
	else if (fault)
		row_found(row, "number %zu is %s", i, fault);
	else
		row_found(row, "%zu, by this launch's issuing key", certificates->count);
}
