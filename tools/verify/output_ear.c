/* SPDX-License-Identifier: MIT */
/*
 * The verdict as an EAT Attestation Result (draft-ietf-rats-ear-03): a claims set
 * with one submodule, "sev-snp", whose trustworthiness vector is AR4SI's.
 */
#include "output.h"
#include "tools/common/cbor.h"

/* EAT's and EAR's claims. */
#define CLAIM_IAT 6
#define CLAIM_NONCE 10
#define CLAIM_PROFILE 265
#define CLAIM_SUBMODS 266
#define CLAIM_STATUS 1000
#define CLAIM_VECTOR 1001
#define CLAIM_RAW_EVIDENCE 1002
#define CLAIM_POLICY_IDS 1003
#define CLAIM_VERIFIER 1004
#define EAR_PROFILE "tag:ietf.org,2026:rats/ear#03"
#define VERIFIER_DEVELOPER 0
#define VERIFIER_BUILD 1
#define EAT_NONCE_MIN 8
#define EAT_NONCE_MAX 64

/* AR4SI's values for what holds. */
#define AR4SI_AFFIRMED 2
#define AR4SI_APPROVED_BOOT 3
#define AR4SI_CRYPTO_FAILED 99

static const enum trust_claim claims[] = {CLAIM_INSTANCE_IDENTITY, CLAIM_CONFIGURATION,
	CLAIM_EXECUTABLES, CLAIM_HARDWARE, CLAIM_RUNTIME_OPAQUE};

enum ear_tier output_tier(const struct checks *checks)
{
	if (!checks_accepted(checks))
		return EAR_CONTRAINDICATED;
	if (!checks->amd_root || checks_count(checks, CHECK_NOT_DONE))
		return EAR_WARNING;
	return EAR_AFFIRMING;
}

/* Whether a check failed without which nothing in the report can be believed. */
static bool is_unproven(const struct checks *checks)
{
	for (size_t i = 0; i < checks->count; i++) {
		const struct check_info *info = check_info(checks->rows[i].id);

		if (checks->rows[i].result == CHECK_REFUSED &&
			info->refused_value == AR4SI_CRYPTO_FAILED)
			return true;
	}
	return false;
}

/* The worst of what the checks of a claim say; 0, no claim, if none was done. */
static int claim_value(const struct checks *checks, enum trust_claim claim)
{
	int value = 0, good = claim == CLAIM_EXECUTABLES ? AR4SI_APPROVED_BOOT : AR4SI_AFFIRMED;

	for (size_t i = 0; i < checks->count; i++) {
		const struct check *row = &checks->rows[i];
		const struct check_info *info = check_info(row->id);
		int says = row->result == CHECK_REFUSED ? info->refused_value : good;

		if (info->claim == claim && row->result != CHECK_NOT_DONE && says > value)
			value = says;
	}
	return value;
}

/* Under a root that is not AMD's nothing is claimed about the hardware. */
static cbor_item_t *vector(const struct checks *checks)
{
	const bool unproven = is_unproven(checks);
	cbor_item_t *map = dcbor_map();

	for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
		const bool hardware = claims[i] == CLAIM_HARDWARE ||
				      claims[i] == CLAIM_INSTANCE_IDENTITY;
		int value = unproven ? AR4SI_CRYPTO_FAILED : claim_value(checks, claims[i]);

		if (value && (value > AR4SI_AFFIRMED || checks->amd_root || !hardware))
			dcbor_put_int(map, claims[i], dcbor_int(value));
	}
	return map;
}

static cbor_item_t *appraisal(const struct checks *checks, const struct output_facts *facts)
{
	cbor_item_t *map = dcbor_map(), *policies, *claims_map;

	dcbor_put_int(map, CLAIM_STATUS, dcbor_int(output_tier(checks)));
	claims_map = vector(checks);
	if (cbor_map_size(claims_map))
		dcbor_put_int(map, CLAIM_VECTOR, claims_map);
	else
		dcbor_free(claims_map);
	if (facts->policy_sha256) {
		policies = dcbor_array();
		dcbor_add(policies, dcbor_text(facts->policy_sha256));
		dcbor_put_int(map, CLAIM_POLICY_IDS, policies);
	}
	return map;
}

static cbor_item_t *verifier(void)
{
	cbor_item_t *map = dcbor_map();

	dcbor_put_int(map, VERIFIER_DEVELOPER, dcbor_text("Nacre"));
	dcbor_put_int(map, VERIFIER_BUILD, dcbor_text("nacre-verify 1"));
	return map;
}

bool output_ear(const struct checks *checks, const struct output_facts *facts, struct buffer *out,
	struct tool_error *error)
{
	cbor_item_t *map = dcbor_map(), *submods = dcbor_map();
	bool ok;

	dcbor_put_text(submods, "sev-snp", appraisal(checks, facts));
	dcbor_put_int(map, CLAIM_PROFILE, dcbor_text(EAR_PROFILE));
	dcbor_put_int(map, CLAIM_IAT, dcbor_int((int64_t)facts->issued));
	dcbor_put_int(map, CLAIM_VERIFIER, verifier());
	dcbor_put_int(map, CLAIM_RAW_EVIDENCE,
		dcbor_bytes(facts->report_bytes->bytes, facts->report_bytes->size));
	dcbor_put_int(map, CLAIM_SUBMODS, submods);
	if (facts->nonce && facts->nonce->size >= EAT_NONCE_MIN &&
		facts->nonce->size <= EAT_NONCE_MAX)
		dcbor_put_int(
			map, CLAIM_NONCE, dcbor_bytes(facts->nonce->bytes, facts->nonce->size));
	ok = dcbor_encode(map, out, error);
	dcbor_free(map);
	return ok;
}
