/* SPDX-License-Identifier: MIT */
/*
 * Whole evidence for nacre-verify's tests, and asserting its verdict.
 */
#include "tests/unit/unit_test.h"

#include "tests/unit/evidence_fixture.h"
#include "tests/unit/verify_fixture.h"

void evidence_add(struct evidence *evidence, X509 *certificate)
{
	X509_up_ref(certificate);
	evidence->certificates.list[evidence->certificates.count++] = certificate;
}

/* A plain report of VMPL 2 with its chain, measurement and nonce. */
struct evidence *evidence_plain(void)
{
	struct evidence *evidence = calloc(1, sizeof(*evidence));
	struct reference_value *value;

	assert_non_null(evidence);
	fixture_report(&evidence->report);
	evidence_add(evidence, fixture_certificate(FIXTURE_VCEK));
	evidence_add(evidence, fixture_certificate(FIXTURE_ASK));
	evidence_add(evidence, fixture_certificate(FIXTURE_ARK));
	value = &evidence->reference.values[evidence->reference.count++];
	memcpy(value->measurement, evidence->report.measurement, sizeof(value->measurement));
	value->has_policy = true;
	value->policy = evidence->report.policy;
	policy_default(&evidence->policy);
	memcpy(evidence->nonce_bytes, evidence->report.report_data, sizeof(evidence->nonce_bytes));
	evidence->nonce = (struct blob){evidence->nonce_bytes, sizeof(evidence->nonce_bytes)};
	evidence->request = (struct verify_request){
		.report = {(const uint8_t *)&evidence->report, sizeof(evidence->report)},
		.certificates = &evidence->certificates,
		.root = fixture_certificate(FIXTURE_ARK),
		.reference = &evidence->reference,
		.policy = &evidence->policy,
		.nonce = &evidence->nonce,
		.time = EVIDENCE_TIME};
	return evidence;
}

/* A service report of VMPL 0 with its manifest. */
struct evidence *evidence_service(void)
{
	struct evidence *evidence = evidence_plain();

	fixture_manifest(&evidence->manifest);
	evidence->report.vmpl = 0;
	fixture_bind(&evidence->report, &evidence->nonce, &evidence->manifest);
	fixture_sign(&evidence->report, fixture_link_key(FIXTURE_VCEK));
	evidence->manifest_blob = (struct blob){evidence->manifest.bytes, evidence->manifest.size};
	evidence->request.manifest = &evidence->manifest_blob;
	return evidence;
}

void evidence_judge(struct evidence *evidence)
{
	checks_free(&evidence->checks);
	verify_evidence(&evidence->request, &evidence->checks);
}

void evidence_free(struct evidence *evidence)
{
	checks_free(&evidence->checks);
	certificates_free(&evidence->certificates);
	buffer_free(&evidence->manifest);
	free(evidence);
}

const struct check *evidence_row(const struct evidence *evidence, enum check_id id)
{
	for (size_t i = 0; i < evidence->checks.count; i++) {
		if (evidence->checks.rows[i].id == id)
			return &evidence->checks.rows[i];
	}
	fail_msg("there is no row %s", check_info(id)->name);
	return NULL;
}

static void print_refused(const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->checks.count; i++) {
		const struct check *row = &evidence->checks.rows[i];

		if (row->result == CHECK_REFUSED)
			print_message("%s: %s\n", check_info(row->id)->name, row->found);
	}
}

void evidence_accepted(struct evidence *evidence)
{
	evidence_judge(evidence);
	if (!checks_accepted(&evidence->checks)) {
		print_refused(evidence);
		fail_msg("good evidence is refused");
	}
}

/* Refused by the row @id, and by no other one. */
void evidence_refused_only(struct evidence *evidence, enum check_id id, const char *text)
{
	evidence_judge(evidence);
	assert_false(checks_accepted(&evidence->checks));
	if (evidence_row(evidence, id)->result != CHECK_REFUSED ||
		checks_count(&evidence->checks, CHECK_REFUSED) != 1) {
		print_refused(evidence);
		fail_msg("not refused by %s alone", check_info(id)->name);
	}
	if (!strstr(evidence_row(evidence, id)->found, text))
		fail_msg("\"%s\" does not say \"%s\"", evidence_row(evidence, id)->found, text);
}

void evidence_refused(struct evidence *evidence, enum check_id id)
{
	evidence_judge(evidence);
	assert_false(checks_accepted(&evidence->checks));
	assert_int_equal(evidence_row(evidence, id)->result, CHECK_REFUSED);
}

void evidence_sign(struct evidence *evidence)
{
	fixture_sign(&evidence->report, fixture_link_key(FIXTURE_VCEK));
}

void evidence_swap(struct evidence *evidence, size_t i, X509 *certificate)
{
	X509_free(evidence->certificates.list[i]);
	evidence->certificates.list[i] = certificate;
}
