/* SPDX-License-Identifier: MIT */
/*
 * What was launched, and how: measurement, launch policy, ID block, and who
 * asked for the report.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/common/text.h"
#include "verify.h"

#define DIGEST_TEXT_SIZE (2 * SNP_DIGEST_SIZE + 1)

static void check_bit(enum check_id id, const struct snp_report *report, uint64_t bit, bool allowed,
	struct checks *checks)
{
	const bool set = report->policy & bit;
	struct check *row = check_add(checks, id, check_if(!set || allowed));

	row_found(
		row, "%s", set ? "allowed by the guest policy" : "not allowed by the guest policy");
	if (set && allowed)
		row_remark(row, "allowed by the verifier's policy as well");
	else if (set)
		row_expected(row, "not allowed");
}

/*
 * Only VMPL0, where the paravisor is, speaks for services; its guest could put
 * the digest of any manifest into a report of its own.
 */
static void check_vmpl(const struct verify_request *request, const struct snp_report *report,
	struct checks *checks)
{
	const uint32_t vmpl = report->vmpl;
	const uint32_t allowed = request->manifest ? BIT(0) : request->policy->vmpls;
	const bool holds = vmpl < VMPL_COUNT && allowed & 1U << vmpl;
	struct check *row = check_add(checks, CHECK_VMPL, check_if(holds));
	char list[32] = "";
	size_t at = 0;

	row_found(row, "%" PRIu32, vmpl);
	if (request->manifest) {
		row_expected(row, "0: a service report");
		return;
	}
	for (unsigned int i = 0; i < VMPL_COUNT; i++) {
		if (allowed & 1U << i)
			at += (size_t)snprintf(
				list + at, sizeof(list) - at, "%s%u", at ? ", " : "", i);
	}
	row_expected(row, "one of %s", list);
}

/* Of the values with the report's measurement, one that names its policy if there is one. */
static const struct reference_value *find_value(
	const struct reference *reference, const struct snp_report *report)
{
	for (size_t i = 0; i < reference->count; i++) {
		const struct reference_value *value = &reference->values[i];

		if (!memcmp(value->measurement, report->measurement, SNP_DIGEST_SIZE) &&
			value->has_policy && value->policy == report->policy)
			return value;
	}
	return reference_find(reference, report->measurement);
}

static const struct reference_value *check_measurement(const struct verify_request *request,
	const struct snp_report *report, struct checks *checks)
{
	const struct reference *reference = request->reference;
	const struct reference_value *value = find_value(reference, report);
	struct check *row = check_add(checks, CHECK_MEASUREMENT, check_if(value));
	char text[DIGEST_TEXT_SIZE];

	hex_encode(report->measurement, SNP_DIGEST_SIZE, text);
	row_found(row, "%s", text);
	if (value) {
		row_remark(row, "that of %s", value->source);
		return value;
	}
	if (!reference->count) {
		row_expected(row, "a reference value; there is none");
		return NULL;
	}
	hex_encode(reference->values[0].measurement, SNP_DIGEST_SIZE, text);
	row_expected(row, "%s", text);
	if (reference->count > 1)
		row_remark(row, "or one of %zu others", reference->count - 1);
	else
		row_remark(row, "that of %s", reference->values[0].source);
	return NULL;
}

/* The measurement covers no policy: the host chooses it, the report shows it. */
static void check_image_policy(const struct verify_request *request,
	const struct snp_report *report, const struct reference_value *value, struct checks *checks)
{
	struct check *row = check_add(checks, CHECK_IMAGE_POLICY, CHECK_NOT_DONE);

	row_found(row, "0x%" PRIx64, report->policy);
	if (request->policy->any_guest_policy) {
		row_remark(row, "the verifier's policy allows any");
	} else if (!value || !value->has_policy) {
		row_remark(row, "%s",
			value ? "the reference value names none"
			      : "no reference value to compare with");
	} else {
		row->result = check_if(report->policy == value->policy);
		row_expected(row, "0x%" PRIx64 ", the image's", value->policy);
	}
}

/*
 * Without the keys the rest would be worth nothing: the host can launch the
 * image with an ID block of its own, signed by a key of its own.
 */
static void check_id_block(
	const struct snp_report *report, const struct reference_value *value, struct checks *checks)
{
	const struct {
		bool has;
		const void *wanted, *found;
		size_t size;
		const char *name;
	} parts[] = {{value->has_family_id, value->family_id, report->family_id, 16, " family id"},
		{value->has_image_id, value->image_id, report->image_id, 16, " image id"},
		{value->has_svn, &value->svn, &report->guest_svn, sizeof(value->svn), " SVN"},
		{value->has_id_key, value->id_key, report->id_key_digest, SNP_DIGEST_SIZE,
			" ID key"},
		{value->has_author_key, value->author_key, report->author_key_digest,
			SNP_DIGEST_SIZE, " author key"}};
	struct check *row = check_add(checks, CHECK_ID_BLOCK, CHECK_HOLDS);
	char different[64] = "";

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].has && memcmp(parts[i].wanted, parts[i].found, parts[i].size))
			strcat(different, parts[i].name);
	}
	row->result = check_if(!different[0]);
	row_expected(row, "that of the image");
	if (different[0])
		row_found(row, "different:%s", different);
	else
		row_found(row, "the image's; SVN %" PRIu32, report->guest_svn);
}

void verify_launch(const struct verify_request *request, const struct snp_report *report,
	struct checks *checks)
{
	const struct policy *policy = request->policy;
	const struct reference_value *value;

	check_bit(CHECK_DEBUG, report, REPORT_POLICY_DEBUG, policy->allow_debug, checks);
	check_bit(CHECK_MIGRATION, report, REPORT_POLICY_MIGRATION, policy->allow_migration_agent,
		checks);
	check_vmpl(request, report, checks);
	value = check_measurement(request, report, checks);
	check_image_policy(request, report, value, checks);
	if (value && (value->has_family_id || value->has_image_id || value->has_svn ||
			     value->has_id_key || value->has_author_key))
		check_id_block(report, value, checks);
}
