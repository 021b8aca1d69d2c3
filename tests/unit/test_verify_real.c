/* SPDX-License-Identifier: MIT */
/*
 * The verifier on what AMD signed: a real report of a Milan (version 2, of a
 * guest that may be debugged), its VCEK and AMD's chains, from Debian's package
 * (scripts/deps, part sev-guest). No root is given: AMD's is known by digest.
 */
#include "tests/unit/unit_test.h"

#include "tests/unit/evidence_fixture.h"
#include "tools/common/files.h"

static struct blob read_file(const char *name)
{
	struct tool_error error;
	struct blob blob;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", SEV_GUEST, name);
	if (!file_read(path, &blob, &error))
		fail_msg("%s: %s", path, error.text);
	return blob;
}

static void add_file(struct evidence *evidence, const char *name)
{
	struct blob blob = read_file(name);
	struct tool_error error;

	if (!certificates_add(&evidence->certificates, &blob, &error))
		fail_msg("%s: %s", name, error.text);
	free((void *)blob.bytes);
}

/* The report with @chain, its own measurement as the reference. */
static struct evidence *real(const char *chain)
{
	struct evidence *evidence = calloc(1, sizeof(*evidence));
	struct blob blob = read_file("report.bin");

	assert_non_null(evidence);
	assert_int_equal(blob.size, sizeof(evidence->report));
	memcpy(&evidence->report, blob.bytes, blob.size);
	free((void *)blob.bytes);
	add_file(evidence, "vcek.der");
	add_file(evidence, chain);
	memcpy(evidence->reference.values[0].measurement, evidence->report.measurement,
		SNP_DIGEST_SIZE);
	evidence->reference.count = 1;
	policy_default(&evidence->policy);
	evidence->policy.allow_debug = true;
	memcpy(evidence->nonce_bytes, "\1\2\3\4\5", 5);
	evidence->nonce = (struct blob){evidence->nonce_bytes, 5};
	evidence->request = (struct verify_request){
		.report = {(const uint8_t *)&evidence->report, sizeof(evidence->report)},
		.certificates = &evidence->certificates,
		.reference = &evidence->reference,
		.policy = &evidence->policy,
		.nonce = &evidence->nonce,
		.time = EVIDENCE_TIME};
	return evidence;
}

static void amds_chain_is_accepted(void **state)
{
	struct evidence *evidence = real("milan.pem");

	(void)state;
	evidence_accepted(evidence);
	assert_true(evidence->checks.amd_root);
	assert_string_equal(evidence_row(evidence, CHECK_ANCHOR)->found, "ARK-Milan");
	assert_string_equal(
		evidence_row(evidence, CHECK_CHAIN)->found, "ARK-Milan > SEV-Milan > SEV-VCEK");
	assert_string_equal(evidence_row(evidence, CHECK_TCB)->found,
		"bootloader 2, tee 0, snp 5, microcode 68");
	evidence->policy.allow_debug = false;
	evidence_refused_only(evidence, CHECK_DEBUG, "allowed by the guest policy");
	evidence_free(evidence);
}

static void every_byte_counts(void **state)
{
	struct evidence *evidence = real("milan.pem");
	uint8_t *bytes = (uint8_t *)&evidence->report;

	(void)state;
	for (size_t i = 0; i < sizeof(evidence->report); i++) {
		bytes[i] ^= (uint8_t)(1U << i % 8);
		evidence_judge(evidence);
		if (checks_accepted(&evidence->checks))
			fail_msg("byte 0x%zx may change", i);
		if (i < offsetof(struct snp_report, signature) && evidence->checks.count > 2)
			assert_int_equal(
				evidence_row(evidence, CHECK_SIGNATURE)->result, CHECK_REFUSED);
		bytes[i] ^= (uint8_t)(1U << i % 8);
	}
	evidence_free(evidence);
}

/* The chain for VLEKs has the same root, and another authority below it. */
static void the_authority_for_vleks_signed_no_vcek(void **state)
{
	struct evidence *evidence = real("milan-vlek.pem");

	(void)state;
	evidence_refused(evidence, CHECK_CHAIN);
	assert_non_null(strstr(evidence_row(evidence, CHECK_CHAIN)->found, "is missing"));
	evidence_free(evidence);
}

/* Who names a root of his own no longer trusts AMD's. */
static void another_root_by_the_user(void **state)
{
	struct evidence *evidence = real("milan.pem");

	(void)state;
	evidence->request.root = evidence->certificates.list[0]; /* no root at all */
	evidence_refused(evidence, CHECK_CHAIN);
	assert_false(evidence->checks.amd_root);
	evidence->request.root = evidence->certificates.list[2];
	evidence_accepted(evidence);
	assert_true(evidence->checks.amd_root);
	evidence_free(evidence);
}

static void the_root_must_be_there(void **state)
{
	struct evidence *evidence = real("milan.pem");

	(void)state;
	X509_free(evidence->certificates.list[--evidence->certificates.count]);
	evidence_refused(evidence, CHECK_ANCHOR);
	assert_string_equal(
		evidence_row(evidence, CHECK_ANCHOR)->found, "no root in the certificates");
	evidence_free(evidence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amds_chain_is_accepted),
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(the_authority_for_vleks_signed_no_vcek),
		cmocka_unit_test(another_root_by_the_user),
		cmocka_unit_test(the_root_must_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
