/* SPDX-License-Identifier: MIT */
/*
 * Certificate revocation lists that the user gave: those of the chain's root
 * are honoured, and must be sound.
 */
#include <openssl/err.h>

#include "verify.h"

static bool has_critical_extension(const X509_CRL *list)
{
	for (int i = 0; i < X509_CRL_get_ext_count(list); i++) {
		if (X509_EXTENSION_get_critical(X509_CRL_get_ext(list, i)))
			return true;
	}
	return false;
}

/* A list that is not sound says nothing: false with the reason. */
static bool is_sound(
	X509_CRL *list, const struct chain *chain, time_t time, struct tool_error *error)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(list);
	bool ok = X509_CRL_verify(list, X509_get0_pubkey(chain->ark)) == 1;

	ERR_clear_error();
	if (!ok)
		return fail_with(error, "a list in the root's name is not signed by it");
	if (has_critical_extension(list))
		return fail_with(
			error, "a list has critical extensions, which this program does not know");
	if (X509_cmp_time(X509_CRL_get0_lastUpdate(list), &time) >= 0)
		return fail_with(error, "a list is not yet valid");
	if (!next || X509_cmp_time(next, &time) <= 0)
		return fail_with(error, "a list is out of date; get the newest one");
	return true;
}

static bool revokes(X509_CRL *list, X509 *certificate)
{
	X509_REVOKED *entry;

	return X509_CRL_get0_by_serial(list, &entry, X509_get0_serialNumber(certificate)) != 0;
}

/* The number of lists of the chain's root; false with the reason if one refuses. */
static bool look_through(const struct verify_request *request, const struct chain *chain,
	size_t *count, struct tool_error *error)
{
	const X509_NAME *root = X509_get_subject_name(chain->ark);
	char name[CERTIFICATE_NAME_SIZE];

	for (size_t i = 0; i < request->crl_count; i++) {
		X509_CRL *list = request->crls[i];

		if (X509_NAME_cmp(X509_CRL_get_issuer(list), root))
			continue;
		if (!is_sound(list, chain, request->time, error))
			return false;
		if (revokes(list, chain->ask))
			return fail_with(error, "%s is revoked",
				certificate_name(X509_get_subject_name(chain->ask), name));
		if (revokes(list, chain->ark))
			return fail_with(error, "the root is revoked");
		(*count)++;
	}
	return true;
}

void verify_revocation(
	const struct verify_request *request, const struct chain *chain, struct checks *checks)
{
	char name[CERTIFICATE_NAME_SIZE];
	struct tool_error error;
	size_t count = 0;

	if (!request->crl_count) {
		row_found(
			check_add(checks, CHECK_REVOCATION, CHECK_NOT_DONE), "no --crl was given");
		return;
	}
	if (!chain->ark || !chain->ask) {
		row_found(check_add(checks, CHECK_REVOCATION, CHECK_REFUSED),
			"there is no chain to look up");
		return;
	}
	certificate_name(X509_get_subject_name(chain->ark), name);
	if (!look_through(request, chain, &count, &error))
		row_found(check_add(checks, CHECK_REVOCATION, CHECK_REFUSED), "%s", error.text);
	else if (!count)
		row_expected(row_found(check_add(checks, CHECK_REVOCATION, CHECK_REFUSED),
				     "none of the %zu lists is of this root", request->crl_count),
			"a list of %s", name);
	else
		row_found(check_add(checks, CHECK_REVOCATION, CHECK_HOLDS),
			"nothing revoked by %zu list(s) of %s", count, name);
}
