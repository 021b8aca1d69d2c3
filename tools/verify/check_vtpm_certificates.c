/* SPDX-License-Identifier: MIT */
/*
 * Certificates of the vTPM's keys: each must be of a key that the manifest
 * names, signed by the issuing key that the same manifest names, and say what TCG's
 * profile wants (vtpm_certificate.h). One of another launch is neither.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "verify.h"
#include "vtpm_certificate.h"

/* The issuing key's own certificate, or NULL. */
static X509 *find_issuer(
	const struct certificates *certificates, const struct vtpm_identity *identity)
{
	for (size_t i = 0; i < certificates->count; i++) {
		if (vtpm_certificate_is_issuer(certificates->list[i], identity))
			return certificates->list[i];
	}
	return NULL;
}

/* The first fault, and in @at whose. */
static const char *find_fault(
	const struct verify_request *request, const struct vtpm_identity *identity, size_t *at)
{
	const struct certificates *certificates = request->quote->certificates;
	X509 *issuer = find_issuer(certificates, identity);
	const char *fault = NULL;

	for (*at = 0; *at < certificates->count; ++*at) {
		X509 *certificate = certificates->list[*at];

		fault = vtpm_certificate_fault(certificate, identity, request->time);
		if (!fault && issuer && X509_check_issued(issuer, certificate) != X509_V_OK)
			fault = "naming another issuer than the issuer's certificate";
		if (fault)
			break;
	}
	ERR_clear_error();
	return fault;
}

void verify_vtpm_certificates(const struct verify_request *request,
	const struct vtpm_identity *identity, struct checks *checks)
{
	const struct certificates *certificates = request->quote->certificates;
	const char *fault = request->quote->fault;
	struct check *row;
	size_t at = 0;

	if (!fault && (!certificates || !certificates->count))
		return;
	if (!fault)
		fault = find_fault(request, identity, &at);
	row = check_add(checks, CHECK_TPM_CERTIFICATES, check_if(!fault));
	row_expected(row, "of a key in the manifest, by the manifest's issuing key, by TCG's "
			  "profile");
	if (request->quote->fault)
		row_found(row, "%s", fault);
	else if (fault)
		row_found(row, "number %zu is %s", at, fault);
	else
		row_found(row, "%zu, by this launch's issuing key", certificates->count);
}
