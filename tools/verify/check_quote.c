/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's quote: that a TPM made it, with a key which the manifest names or
 * which a challenge has shown to be in the TPM with the manifest's endorsement
 * key, and about the verifier's nonce. The manifest's own rows say what it is
 * worth.
 */
#include <inttypes.h>
#include <string.h>

#include "manifest.h"
#include "tools/common/text.h"
#include "verify.h"

/* What the rows build upon each other with. */
struct judged {
	const struct quote_evidence *evidence;
	struct tpm_quote quote;
	struct tpm_signature signature;
	struct vtpm_identity identity; /* without any key, if no manifest names the vTPM */
	struct tpm_public ak;
	bool has_quote, has_ak;
};

static bool equal(const struct blob *a, const struct blob *b)
{
	return a->size == b->size && (!a->size || !memcmp(a->bytes, b->bytes, a->size));
}

static void check_form(struct judged *judged, struct checks *checks)
{
	const struct tpm_quote *quote = &judged->quote;
	struct tool_error error;
	const char *what = "quote";
	struct check *row;

	judged->has_quote = tpm_quote_read(&judged->evidence->quote, &judged->quote, &error);
	if (judged->has_quote) {
		what = "signature";
		judged->has_quote = tpm_signature_read(
			&judged->evidence->signature, &judged->signature, &error);
	}
	row = check_add(checks, CHECK_QUOTE, check_if(judged->has_quote));
	if (!judged->has_quote) {
		row_found(row, "%s, offset 0x%" PRIx64 ": %s", what, error.offset, error.text);
		row_expected(row, "a quote (TPMS_ATTEST) and its TPMT_SIGNATURE");
		return;
	}
	row_found(row,
		"%zu bank(s) of PCRs; clock %" PRIu64 " ms%s, reset %" PRIu32 ", restart %" PRIu32,
		quote->bank_count, quote->clock, quote->safe ? "" : " (not safe)",
		quote->reset_count, quote->restart_count);
}

/* The keys that the manifest names; none is said by the row KEY_ORIGIN. */
static void find_identity(const struct verify_request *request, struct vtpm_identity *identity)
{
	const struct manifest_service *service;
	struct manifest manifest;
	struct tool_error error;

	*identity = (struct vtpm_identity){.ek_count = 0};
	if (!request->manifest || !manifest_read(request->manifest, &manifest, &error))
		return;
	service = manifest_vtpm(&manifest);
	if (service && !vtpm_identity_read(&service->body, identity, &error))
		vtpm_identity_free(identity);
}

/* The key that the guest names, or else the vTPM's own. */
static void check_key(struct judged *judged, struct checks *checks)
{
	const struct blob *given = judged->evidence->ak;
	struct tool_error error;
	struct check *row;

	row = check_add(checks, CHECK_QUOTE_KEY, CHECK_REFUSED);
	row_expected(row, "a key that is restricted, signs, and never leaves its TPM");
	if (given && !tpm_public_read(given, &judged->ak, &error)) {
		row_found(row, "--ak, offset 0x%" PRIx64 ": %s", error.offset, error.text);
		return;
	}
	if (!given && !judged->identity.has_ak) {
		row_found(row, "no --ak, and no manifest that names the vTPM's own");
		return;
	}
	if (!given)
		judged->ak = judged->identity.ak;
	if (!tpm_public_is_ak(&judged->ak, &error)) {
		row_found(row, "%s; %s", tpm_public_kind(&judged->ak), error.text);
		return;
	}
	judged->has_ak = true;
	row->result = CHECK_HOLDS;
	row_found(row, "%s, %s", tpm_public_kind(&judged->ak),
		given ? "that of --ak" : "the vTPM's own");
}

/* Why the challenge does not say that the key is in the vTPM; NULL if it does. */
static const char *challenge_fault(const struct judged *judged)
{
	const struct challenge *challenge = judged->evidence->challenge;
	const struct blob ek = {challenge->ek, challenge->ek_size};
	struct tpm_name name;

	tpm_public_name(&judged->ak, &name);
	if (!vtpm_identity_ek(&judged->identity, &ek))
		return "the challenge was for another endorsement key than the manifest's";
	if (name.size != challenge->ak.size || memcmp(name.bytes, challenge->ak.bytes, name.size))
		return "the challenge was for another attestation key";
	if (!challenge_is_answered(challenge, judged->evidence->response))
		return "the challenge's answer is wrong";
	return NULL;
}

static void check_origin(const struct judged *judged, struct checks *checks)
{
	const struct vtpm_identity *identity = &judged->identity;
	struct check *row = check_add(checks, CHECK_KEY_ORIGIN, CHECK_REFUSED);
	const char *fault;

	row_expected(row, "the manifest's key, or a challenge against its endorsement key");
	if (!identity->ek_count) {
		row_found(row, "no manifest that names the vTPM's keys");
	} else if (!judged->has_ak) {
		row_found(row, "no key");
	} else if (identity->has_ak && equal(&judged->ak.bytes, &identity->ak.bytes)) {
		row->result = CHECK_HOLDS;
		row_found(row, "named in the vTPM's manifest");
	} else if (judged->evidence->challenge) {
		fault = challenge_fault(judged);
		row->result = check_if(!fault);
		row_found(row, "%s",
			fault ? fault
			      : "made in the vTPM: it answered a challenge by its endorsement key");
	} else {
		row_found(row, "another key than the manifest's, and no --challenge");
	}
}

static void check_signature(const struct judged *judged, struct checks *checks)
{
	const struct tpm_signature *signature = &judged->signature;
	struct check *row = check_add(checks, CHECK_QUOTE_SIGNATURE, CHECK_REFUSED);
	struct tool_error error;

	if (!judged->has_quote || !judged->has_ak) {
		row_found(row, "no %s", judged->has_quote ? "key that could verify it" : "quote");
		return;
	}
	if (!tpm_signature_verify(signature, &judged->ak, &judged->evidence->quote, &error)) {
		row_found(row, "%s", error.text);
		row_expected(row, "a signature over the whole quote by that key");
		return;
	}
	row->result = CHECK_HOLDS;
	row_found(row, "%s with %s, made by that key", tpm_scheme_name(signature->scheme),
		signature->hash->name);
}

static void check_nonce(const struct judged *judged, struct checks *checks)
{
	const struct blob *wanted = judged->evidence->nonce, *found = &judged->quote.nonce;
	char text[2 * TPM_DATA_MAX + 1];
	struct check *row = check_add(checks, CHECK_QUOTE_NONCE, CHECK_NOT_DONE);

	hex_encode(found->bytes, found->size, text);
	row_found(row, "%s", found->size ? text : "none");
	if (!wanted) {
		row_remark(row, "no --quote-nonce: the quote may be an old one of this launch");
		return;
	}
	row->result = check_if(equal(wanted, found));
	if (row->result == CHECK_HOLDS)
		return;
	if (wanted->size <= TPM_DATA_MAX) {
		hex_encode(wanted->bytes, wanted->size, text);
		row_expected(row, "%s", text);
	} else {
		row_expected(row, "%zu bytes; a quote has room for %u", wanted->size, TPM_DATA_MAX);
	}
}

static void judge(
	const struct verify_request *request, struct judged *judged, struct checks *checks)
{
	check_form(judged, checks);
	check_key(judged, checks);
	check_origin(judged, checks);
	verify_vtpm_certificates(request, &judged->identity, checks);
	check_signature(judged, checks);
	if (judged->has_quote) {
		check_nonce(judged, checks);
		verify_pcrs(request, &judged->quote, judged->signature.hash, checks);
	}
}

void verify_quote(const struct verify_request *request, struct checks *checks)
{
	struct judged judged = {.evidence = request->quote};

	if (!request->quote) {
		if (request->policy->pcr_count)
			row_found(check_add(checks, CHECK_PCRS, CHECK_REFUSED),
				"no quote, and the policy wants values of PCRs");
		return;
	}
	find_identity(request, &judged.identity);
	judge(request, &judged, checks);
	vtpm_identity_free(&judged.identity);
}
