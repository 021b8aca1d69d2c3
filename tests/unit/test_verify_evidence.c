/* SPDX-License-Identifier: MIT */
/*
 * The verifier's verdicts on reports and manifests under a TEST chain: what is
 * good is accepted, any changed byte is not, and neither are the attacks.
 */
#include "tests/unit/unit_test.h"

#include "svsm.h"
#include "tests/unit/evidence_fixture.h"
#include "tests/unit/verify_fixture.h"

static void good_evidence_is_accepted(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence_accepted(evidence);
	assert_int_equal(checks_count(&evidence->checks, CHECK_NOT_DONE), 1); /* revocation */
	assert_false(evidence->checks.amd_root);
	evidence_free(evidence);
	evidence = evidence_service();
	evidence_accepted(evidence);
	assert_int_equal(evidence_row(evidence, CHECK_MANIFEST)->result, CHECK_HOLDS);
	evidence_free(evidence);
}

static void older_versions_are_accepted(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->report.launch_mit_vector = evidence->report.current_mit_vector = 0;
	for (uint32_t version = 3; version <= 4; version++) {
		evidence->report.version = version;
		evidence_sign(evidence);
		evidence_accepted(evidence);
	}
	evidence->report.version = 2;
	evidence->report.cpuid_family = evidence->report.cpuid_model = 0;
	evidence->report.cpuid_stepping = 0;
	evidence_sign(evidence);
	evidence_accepted(evidence);
	evidence_free(evidence);
}

/* A byte more or less, or another byte at any place: never accepted. */
static void every_byte_of_a_report_counts(void **state)
{
	struct evidence *evidence = evidence_service();
	uint8_t *bytes = (uint8_t *)&evidence->report;

	(void)state;
	for (size_t i = 0; i < sizeof(evidence->report); i++) {
		const uint8_t changes[] = {(uint8_t)(1U << i % 8), 0xff};

		for (size_t k = 0; k < ARRAY_SIZE(changes); k++) {
			bytes[i] ^= changes[k];
			evidence_judge(evidence);
			if (checks_accepted(&evidence->checks))
				fail_msg("byte 0x%zx changed by 0x%x is accepted", i, changes[k]);
			bytes[i] ^= changes[k];
		}
	}
	evidence_accepted(evidence);
	evidence->request.report.size--;
	evidence_refused(evidence, CHECK_REPORT_FORM);
	evidence_free(evidence);
}

static void every_byte_of_a_response_counts(void **state)
{
	struct evidence *evidence = evidence_plain();
	struct snp_report_rsp response = {
		.report_size = sizeof(response.report), .report = evidence->report};
	uint8_t *bytes = calloc(1, SNP_MSG_PAYLOAD_MAX);

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, &response, sizeof(response));
	evidence->request.report = (struct blob){bytes, sizeof(response)};
	evidence_accepted(evidence);
	evidence->request.report.size = SNP_MSG_PAYLOAD_MAX;
	evidence_accepted(evidence);
	for (size_t i = 0; i < SNP_MSG_PAYLOAD_MAX; i++) {
		if (i == offsetof(struct snp_report_rsp, report))
			i = sizeof(response); /* the report's own bytes have a test of theirs */
		bytes[i] ^= 0x10;
		evidence_judge(evidence);
		if (checks_accepted(&evidence->checks))
			fail_msg("byte 0x%zx of the response may change", i);
		bytes[i] ^= 0x10;
	}
	free(bytes);
	evidence_free(evidence);
}

static void every_byte_of_a_manifest_counts(void **state)
{
	struct evidence *evidence = evidence_service();

	(void)state;
	for (size_t i = 0; i < evidence->manifest.size; i++) {
		evidence->manifest.bytes[i] ^= 0x01;
		evidence_refused(evidence, CHECK_REPORT_DATA);
		evidence->manifest.bytes[i] ^= 0x01;
	}
	evidence->manifest_blob.size--;
	evidence_refused(evidence, CHECK_REPORT_DATA);
	evidence_free(evidence);
}

static void reports_that_nobody_signed(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	for (uint32_t signer = 2; signer < 8; signer++) {
		evidence->report.key_info = signer << SNP_REPORT_KEY_SIGNER_SHIFT;
		evidence_sign(evidence);
		evidence_refused(evidence, CHECK_SIGNER);
	}
	evidence->report.key_info = SNP_REPORT_KEY_MASK_CHIP;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_SIGNER, "masked");
	evidence->report.key_info = 0;
	memset(&evidence->report.signature, 0, sizeof(evidence->report.signature));
	evidence_refused_only(evidence, CHECK_SIGNATURE, "NOT made");
	evidence->report.signature_algorithm = 0;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_ALGORITHM, "0");
	evidence_free(evidence);
}

static void unknown_versions(void **state)
{
	static const uint32_t versions[] = {0, 1, 6, 7, 0x80000005};
	struct evidence *evidence = evidence_plain();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		evidence->report.version = versions[i];
		evidence_sign(evidence);
		evidence_refused_only(evidence, CHECK_REPORT_VERSION, "");
	}
	evidence->report.version = 5;
	evidence->policy.report_versions = BIT(3);
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_REPORT_VERSION, "5");
	evidence_free(evidence);
}

static void reserved_bytes(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->report.reserved_208[151] = 1;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_RESERVED, "offset 0x29f");
	evidence->report.reserved_208[151] = 0;
	evidence->report.launch_tcb |= 0x10000;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_RESERVED, "offset 0x1f0");
	evidence_free(evidence);
}

/* Of another chip's report, or under another chip's certificate. */
static void the_wrong_chip(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->report.chip_id[63] ^= 1;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_CHIP_ID, "");
	memset(evidence->report.chip_id, 0, sizeof(evidence->report.chip_id));
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_CHIP_ID, "0000");
	evidence_free(evidence);
}

/* The firmware was set back, and the report says so, or the certificate is too old. */
static void another_tcb_than_the_certificates(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->report.reported_tcb -= 1ULL << 56;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_TCB, "microcode 218");
	evidence->report.reported_tcb += 2ULL << 56;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_TCB, "microcode 220");
	evidence_free(evidence);
}

static void another_product(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->report.cpuid_model = 0x11;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_PRODUCT, "report: Genoa");
	evidence->report.cpuid_family = 0x1b;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_PRODUCT, "report: unknown");
	evidence_free(evidence);
}

/* The guest's own kernel, at VMPL 2, claims to speak for the paravisor's services. */
static void a_guests_report_as_a_service_report(void **state)
{
	struct evidence *evidence = evidence_service();

	(void)state;
	for (uint32_t vmpl = 1; vmpl < 4; vmpl++) {
		evidence->report.vmpl = vmpl;
		evidence->policy.vmpls = 0xf;
		evidence_sign(evidence);
		evidence_refused_only(evidence, CHECK_VMPL, "");
	}
	evidence_free(evidence);
}

static void vmpls_of_plain_reports(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->report.vmpl = 3;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_VMPL, "3");
	evidence->policy.vmpls = BIT(3);
	evidence_accepted(evidence);
	evidence->report.vmpl = UINT32_MAX;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_VMPL, "4294967295");
	evidence_free(evidence);
}

static void a_manifest_swapped_after_the_report(void **state)
{
	struct evidence *evidence = evidence_service();

	(void)state;
	evidence->manifest.bytes[evidence->manifest.size - 1] = '2';
	evidence_refused_only(evidence, CHECK_REPORT_DATA, "");
	evidence_free(evidence);
}

static void a_service_that_claims_anothers_manifest(void **state)
{
	struct evidence *evidence = evidence_service();

	(void)state;
	evidence->manifest.bytes[sizeof(struct svsm_services_manifest) +
				 sizeof(struct svsm_services_entry)] ^= 1;
	fixture_bind(&evidence->report, &evidence->nonce, &evidence->manifest);
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_MANIFEST, "begins with another service's GUID");
	evidence_free(evidence);
}

static void stale_nonces(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->nonce_bytes[0] ^= 1;
	evidence_refused_only(evidence, CHECK_REPORT_DATA, "");
	evidence->nonce.size = 63; /* a zero is behind it, the report has another byte */
	evidence_refused_only(evidence, CHECK_REPORT_DATA, "");
	memset(evidence->report.report_data, 0, 64);
	memcpy(evidence->report.report_data, evidence->nonce_bytes, 16);
	evidence_sign(evidence);
	evidence->nonce.size = 16;
	evidence_accepted(evidence);
	evidence->request.nonce = NULL;
	evidence_accepted(evidence);
	assert_int_equal(evidence_row(evidence, CHECK_REPORT_DATA)->result, CHECK_NOT_DONE);
	evidence_free(evidence);
	evidence = evidence_service();
	evidence->request.nonce = NULL;
	evidence_refused_only(evidence, CHECK_REPORT_DATA, "");
	evidence_free(evidence);
}

static void the_wrong_image(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->reference.values[0].measurement[0] ^= 1;
	evidence_refused_only(evidence, CHECK_MEASUREMENT, "3e3e");
	evidence->reference.count = 0;
	evidence_refused_only(evidence, CHECK_MEASUREMENT, "3e3e");
	evidence_free(evidence);
}

/* The host starts the right image with more rights for itself. */
static void the_right_image_under_another_policy(void **state)
{
	struct evidence *evidence = evidence_plain();

	(void)state;
	evidence->report.policy = 0xb0000;
	evidence_sign(evidence);
	evidence_refused(evidence, CHECK_DEBUG);
	assert_int_equal(evidence_row(evidence, CHECK_IMAGE_POLICY)->result, CHECK_REFUSED);
	evidence->policy.allow_debug = true;
	evidence_refused_only(evidence, CHECK_IMAGE_POLICY, "0xb0000");
	evidence->policy.any_guest_policy = true;
	evidence_accepted(evidence);
	evidence->report.policy = 0x70000;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_MIGRATION, "allowed");
	evidence->policy.allow_migration_agent = true;
	evidence_accepted(evidence);
	evidence_free(evidence);
}

static void the_images_id_block(void **state)
{
	struct evidence *evidence = evidence_plain();
	struct reference_value *value = &evidence->reference.values[0];

	(void)state;
	value->has_family_id = value->has_image_id = value->has_svn = true;
	memcpy(value->family_id, evidence->report.family_id, 16);
	memcpy(value->image_id, evidence->report.image_id, 16);
	value->svn = 7;
	evidence_accepted(evidence);
	value->svn = 8;
	evidence_refused_only(evidence, CHECK_ID_BLOCK, "different: SVN");
	value->svn = 7;
	value->image_id[3] ^= 4;
	evidence_refused_only(evidence, CHECK_ID_BLOCK, "different: image id");
	value->image_id[3] ^= 4;
	value->has_id_key = value->has_author_key = true;
	memcpy(value->id_key, evidence->report.id_key_digest, SNP_DIGEST_SIZE);
	memcpy(value->author_key, evidence->report.author_key_digest, SNP_DIGEST_SIZE);
	evidence_accepted(evidence);
	value->id_key[0] ^= 1; /* the same words, signed by somebody else */
	evidence_refused_only(evidence, CHECK_ID_BLOCK, "different: ID key");
	value->id_key[0] ^= 1;
	value->author_key[47] ^= 1;
	evidence_refused_only(evidence, CHECK_ID_BLOCK, "different: author key");
	evidence_free(evidence);
}

static void minimum_tcb(void **state)
{
	struct evidence *evidence = evidence_plain();
	struct policy *policy = &evidence->policy;

	(void)state;
	policy->has_tcb = policy->has_line[PRODUCT_MILAN] = true;
	policy->tcb[PRODUCT_MILAN] = evidence->report.reported_tcb;
	evidence_accepted(evidence);
	policy->tcb[PRODUCT_MILAN] += 1; /* the bootloader, lowest of all */
	evidence_refused(evidence, CHECK_MINIMUM_TCB);
	assert_int_equal(evidence_row(evidence, CHECK_LAUNCH_TCB)->result, CHECK_REFUSED);
	policy->tcb[PRODUCT_MILAN] -= 1;
	evidence->report.launch_tcb -= 1;
	evidence_sign(evidence);
	evidence_refused_only(evidence, CHECK_LAUNCH_TCB, "bootloader 3");
	policy->has_line[PRODUCT_MILAN] = false;
	policy->has_line[PRODUCT_GENOA] = true;
	evidence_refused(evidence, CHECK_MINIMUM_TCB);
	evidence_free(evidence);
}

static void set_value(struct policy_values *values, int byte)
{
	values->count = 1;
	memset(values->values[0], byte, sizeof(values->values[0]));
}

static void values_of_the_policy(void **state)
{
	struct evidence *evidence = evidence_plain();
	struct policy *policy = &evidence->policy;
	const struct {
		struct policy_values *values;
		enum check_id id;
		int byte;
	} cases[] = {{&policy->host_data, CHECK_HOST_DATA, 0x40},
		{&policy->id_keys, CHECK_ID_KEY, 0x1d},
		{&policy->author_keys, CHECK_AUTHOR_KEY, 0xa0},
		{&policy->family_ids, CHECK_FAMILY_ID, 0xfa},
		{&policy->image_ids, CHECK_IMAGE_ID, 0x1a}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_value(cases[i].values, cases[i].byte);
		evidence_accepted(evidence);
		set_value(cases[i].values, cases[i].byte ^ 0x80);
		evidence_refused_only(evidence, cases[i].id, "");
		cases[i].values->count = 0;
	}
	policy->has_guest_svn = true;
	policy->guest_svn = 7;
	evidence_accepted(evidence);
	policy->guest_svn = 8;
	evidence_refused_only(evidence, CHECK_GUEST_SVN, "7");
	evidence_free(evidence);
}

static void bits_and_demands_of_the_policy(void **state)
{
	struct evidence *evidence = evidence_plain();
	struct policy *policy = &evidence->policy;

	(void)state;
	policy->bits_forbidden = BIT(16);
	evidence_refused_only(evidence, CHECK_POLICY_BITS, "0x30000");
	policy->bits_forbidden = BIT(21);
	policy->bits_required = BIT(16);
	evidence_accepted(evidence);
	policy->bits_required = BIT(20);
	evidence_refused_only(evidence, CHECK_POLICY_BITS, "0x30000");
	policy->bits_required = 0;
	policy->require_nonce = true;
	evidence_accepted(evidence);
	policy->require_crl = policy->require_manifest = true;
	evidence_refused_only(evidence, CHECK_REQUIRED, "missing: --crl --manifest");
	evidence_free(evidence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_evidence_is_accepted),
		cmocka_unit_test(older_versions_are_accepted),
		cmocka_unit_test(every_byte_of_a_report_counts),
		cmocka_unit_test(every_byte_of_a_response_counts),
		cmocka_unit_test(every_byte_of_a_manifest_counts),
		cmocka_unit_test(reports_that_nobody_signed),
		cmocka_unit_test(unknown_versions),
		cmocka_unit_test(reserved_bytes),
		cmocka_unit_test(the_wrong_chip),
		cmocka_unit_test(another_tcb_than_the_certificates),
		cmocka_unit_test(another_product),
		cmocka_unit_test(a_guests_report_as_a_service_report),
		cmocka_unit_test(vmpls_of_plain_reports),
		cmocka_unit_test(a_manifest_swapped_after_the_report),
		cmocka_unit_test(a_service_that_claims_anothers_manifest),
		cmocka_unit_test(stale_nonces),
		cmocka_unit_test(the_wrong_image),
		cmocka_unit_test(the_right_image_under_another_policy),
		cmocka_unit_test(the_images_id_block),
		cmocka_unit_test(minimum_tcb),
		cmocka_unit_test(values_of_the_policy),
		cmocka_unit_test(bits_and_demands_of_the_policy),
	};

	return cmocka_run_group_tests(tests, fixture_chain_setup, fixture_chain_teardown);
}
