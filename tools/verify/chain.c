/* SPDX-License-Identifier: MIT */
/*
 * From the signing key's certificate up to a root that is trusted for a reason
 * outside of the evidence.
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "verify.h"

#define RSA_BITS 4096

static bool is_p384(X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	char group[32];

	return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
	       !strcmp(group, SN_secp384r1);
}

/* False with a reason if that certificate cannot be the one that a report's key has. */
static bool check_key(X509 *certificate, struct key_facts *facts, struct tool_error *error)
{
	uint32_t flags = X509_get_extension_flags(certificate);

	if (!key_facts_read(certificate, facts, error))
		return false;
	if (!is_p384(certificate))
		return fail_with(error, "its key is none on the curve P-384");
	if (flags & (EXFLAG_INVALID | EXFLAG_CRITICAL))
		return fail_with(
			error, "it has extensions that are damaged, or critical and unknown");
	if (flags & EXFLAG_CA)
		return fail_with(error, "it is an authority's");
	return true;
}

struct candidates {
	size_t fitting, others;  /* of the wanted role; of the other one */
	struct tool_error error; /* of the last that is damaged */
	bool damaged;
};

static void look_for_key(const struct certificates *certificates, enum snp_report_signer signer,
	struct chain *chain, struct candidates *candidates)
{
	struct key_facts facts;

	for (size_t i = 0; i < certificates->count; i++) {
		if (!key_facts_present(certificates->list[i]))
			continue;
		if (!check_key(certificates->list[i], &facts, &candidates->error)) {
			candidates->damaged = true;
		} else if (facts.role != signer) {
			candidates->others++;
		} else if (!candidates->fitting++) {
			chain->key = certificates->list[i];
			chain->facts = facts;
		}
	}
}

static void choose_key(const struct verify_request *request, enum snp_report_signer signer,
	struct chain *chain, struct checks *checks)
{
	const struct certificates *certificates = request->certificates;
	const char *wanted = report_signer_name(signer);
	struct candidates candidates = {.fitting = 0};
	struct check *row;

	if (request->fault) {
		row_found(
			check_add(checks, CHECK_CERTIFICATE, CHECK_REFUSED), "%s", request->fault);
		return;
	}
	look_for_key(certificates, signer, chain, &candidates);
	row = check_add(checks, CHECK_CERTIFICATE, check_if(candidates.fitting == 1));
	if (candidates.fitting == 1) {
		row_found(row, "%s of a %s", wanted, chain->facts.product);
		return;
	}
	row_expected(row, "the certificate of a %s", wanted);
	if (candidates.fitting)
		row_found(row, "%zu different ones", candidates.fitting);
	else if (candidates.damaged)
		row_found(row, "one that cannot be used: %s", candidates.error.text);
	else if (candidates.others)
		row_found(row, "only that of a %s", signer == SNP_SIGNER_VCEK ? "VLEK" : "VCEK");
	else
		row_found(row, "none among %zu certificates", certificates->count);
	if (candidates.fitting)
		chain->key = NULL;
}

static bool is_self_issued(X509 *certificate)
{
	return !X509_NAME_cmp(
		X509_get_subject_name(certificate), X509_get_issuer_name(certificate));
}

static bool is_issuer(X509 *issuer, X509 *subject)
{
	return !X509_NAME_cmp(X509_get_subject_name(issuer), X509_get_issuer_name(subject));
}

/* By name; of several with that name the one whose key fits. */
static X509 *find_issuer(const struct certificates *certificates, X509 *subject, bool root)
{
	X509 *found = NULL;

	for (size_t i = 0; i < certificates->count; i++) {
		X509 *issuer = certificates->list[i];

		if (is_self_issued(issuer) != root || !is_issuer(issuer, subject))
			continue;
		if (!found || X509_verify(subject, X509_get0_pubkey(issuer)) == 1)
			found = issuer;
	}
	ERR_clear_error();
	return found;
}

static void choose_root(
	const struct verify_request *request, struct chain *chain, struct checks *checks)
{
	char name[CERTIFICATE_NAME_SIZE];
	struct check *row;

	if (request->root)
		chain->ark = request->root;
	else if (chain->ask)
		chain->ark = find_issuer(request->certificates, chain->ask, true);
	if (!chain->ark) {
		row = check_add(checks, CHECK_ANCHOR, CHECK_REFUSED);
		row_expected(row, "one of AMD's root certificates (ARK)");
		row_found(row, "no root in the certificates");
		return;
	}
	chain->anchor = anchor_find(chain->ark);
	checks->amd_root = chain->anchor != NULL;
	row = check_add(checks, CHECK_ANCHOR, check_if(chain->anchor || request->root));
	row_found(row, "%s", certificate_name(X509_get_subject_name(chain->ark), name));
	if (chain->anchor)
		row_remark(row, "AMD's %s, by its digest", chain->anchor->name);
	else if (request->root)
		row_remark(row, "NOT AMD's; trusted because --root names it");
	else
		row_expected(row, "one of AMD's roots; any other only with --root");
}

/* RSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes, all as AMD signs. */
static bool is_pss_sha384(X509 *certificate)
{
	int digest, key;
	uint32_t flags;

	/* OpenSSL sets that flag only where the three hashes and sizes agree. */
	return X509_get_signature_info(certificate, &digest, &key, NULL, &flags) == 1 &&
	       digest == NID_sha384 && key == NID_rsassaPss && flags & X509_SIG_INFO_TLS;
}

static bool is_authority(X509 *certificate)
{
	uint32_t flags = X509_get_extension_flags(certificate);
	EVP_PKEY *key = X509_get0_pubkey(certificate);

	return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	       EVP_PKEY_get_bits(key) == RSA_BITS && X509_check_ca(certificate) == 1 &&
	       !(flags & (EXFLAG_INVALID | EXFLAG_CRITICAL));
}

static bool check_link(
	X509 *issuer, X509 *subject, const char *subject_role, struct tool_error *error)
{
	char name[CERTIFICATE_NAME_SIZE];
	bool ok;

	certificate_name(X509_get_subject_name(issuer), name);
	if (!is_authority(issuer))
		return fail_with(
			error, "%s is no authority with an RSA key of %d bits", name, RSA_BITS);
	if (!is_pss_sha384(subject))
		return fail_with(
			error, "the %s is not signed by RSA-PSS with SHA-384", subject_role);
	ok = X509_check_issued(issuer, subject) == X509_V_OK &&
	     X509_verify(subject, X509_get0_pubkey(issuer)) == 1;
	ERR_clear_error();
	if (!ok)
		return fail_with(error, "the %s is not signed by %s", subject_role, name);
	return true;
}

/* AMD has authorities of their own for VCEKs and for VLEKs of each product. */
static bool check_names(const struct chain *chain, struct tool_error *error)
{
	const bool vlek = chain->facts.role == SNP_SIGNER_VLEK;
	char wanted[32], name[CERTIFICATE_NAME_SIZE];

	snprintf(wanted, sizeof(wanted), "SEV-%s%s", vlek ? "VLEK-" : "",
		product_name(chain->anchor->line));
	certificate_name(X509_get_subject_name(chain->ask), name);
	if (strcmp(name, wanted))
		return fail_with(error, "the key's authority is %s, not %s", name, wanted);
	certificate_name(X509_get_subject_name(chain->key), name);
	if (strcmp(name, vlek ? "SEV-VLEK" : "SEV-VCEK"))
		return fail_with(error, "the key's certificate is that of %s", name);
	return true;
}

static bool check_links(const struct chain *chain, struct tool_error *error)
{
	if (!chain->key)
		return fail_with(error, "there is no certificate of the signing key");
	if (!chain->ask)
		return fail_with(
			error, "the authority (ASK or ASVK) that signed the key is missing");
	if (!chain->ark)
		return fail_with(error, "the root (ARK) that signed the authority is missing");
	return check_link(chain->ark, chain->ark, "root", error) &&
	       check_link(chain->ark, chain->ask, "authority", error) &&
	       check_link(chain->ask, chain->key, "signing key", error) &&
	       (!chain->anchor || check_names(chain, error));
}

static void check_chain(const struct chain *chain, struct checks *checks)
{
	char ark[CERTIFICATE_NAME_SIZE], ask[CERTIFICATE_NAME_SIZE], key[CERTIFICATE_NAME_SIZE];
	struct tool_error error;
	struct check *row;

	if (!check_links(chain, &error)) {
		row = check_add(checks, CHECK_CHAIN, CHECK_REFUSED);
		row_found(row, "%s", error.text);
		row_expected(row, "ARK signs itself and ASK, ASK signs the key");
		return;
	}
	row = check_add(checks, CHECK_CHAIN, CHECK_HOLDS);
	row_found(row, "%s > %s > %s", certificate_name(X509_get_subject_name(chain->ark), ark),
		certificate_name(X509_get_subject_name(chain->ask), ask),
		certificate_name(X509_get_subject_name(chain->key), key));
}

const char *verify_time_text(time_t time, char text[VERIFY_TIME_SIZE])
{
	struct tm parts;

	if (!gmtime_r(&time, &parts) ||
		!strftime(text, VERIFY_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts))
		snprintf(text, VERIFY_TIME_SIZE, "(no date)");
	return text;
}

/* -1 before, 1 after, 0 within the dates of @certificate. */
static int place_in_time(X509 *certificate, time_t time)
{
	if (X509_cmp_time(X509_get0_notBefore(certificate), &time) >= 0)
		return -1;
	return X509_cmp_time(X509_get0_notAfter(certificate), &time) > 0 ? 0 : 1;
}

static void check_validity(
	const struct verify_request *request, const struct chain *chain, struct checks *checks)
{
	X509 *const list[] = {chain->key, chain->ask, chain->ark};
	char name[CERTIFICATE_NAME_SIZE], when[VERIFY_TIME_SIZE];
	struct check *row = check_add(checks, CHECK_VALIDITY, CHECK_HOLDS);

	verify_time_text(request->time, when);
	row_found(row, "all valid at %s", when);
	row_remark(
		row, "the time is %s", request->time_given ? "that of --time" : "this machine's");
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		int place = list[i] ? place_in_time(list[i], request->time) : 0;

		if (list[i] && !place)
			continue;
		row->result = CHECK_REFUSED;
		if (!list[i])
			row_found(row, "a certificate is missing");
		else
			row_found(row, "%s is %s valid at %s",
				certificate_name(X509_get_subject_name(list[i]), name),
				place < 0 ? "not yet" : "no longer", when);
	}
}

void verify_chain(const struct verify_request *request, enum snp_report_signer signer,
	struct chain *chain, struct checks *checks)
{
	*chain = (struct chain){.key = NULL};
	choose_key(request, signer, chain, checks);
	if (chain->key)
		chain->ask = find_issuer(request->certificates, chain->key, false);
	choose_root(request, chain, checks);
	check_chain(chain, checks);
	check_validity(request, chain, checks);
	verify_revocation(request, chain, checks);
}
