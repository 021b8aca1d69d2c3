/* SPDX-License-Identifier: MIT */
/*
 * What the verifier's policy demands beyond what always is: only the rows that
 * it asks for are there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/common/text.h"
#include "verify.h"

static enum product_line product_for(const struct snp_report *report, const struct chain *chain)
{
	return chain->key ? chain->facts.line : report_product(report);
}

static bool at_least(uint64_t tcb, uint64_t minimum, const struct tcb_layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		if (tcb_part_value(tcb, &layout->parts[i]) <
			tcb_part_value(minimum, &layout->parts[i]))
			return false;
	}
	return true;
}

static void check_minimum(enum check_id id, uint64_t tcb, enum product_line line,
	const struct policy *policy, struct checks *checks)
{
	const struct tcb_layout *layout = tcb_layout(line);
	const bool listed = layout && policy->has_line[line];
	const bool holds = listed && at_least(tcb, policy->tcb[line], layout);
	struct check *row = check_add(checks, id, check_if(holds));
	char text[TCB_TEXT_SIZE];

	row_found(row, "%s", tcb_text(tcb, layout, text));
	if (listed)
		row_expected(row, "at least %s", tcb_text(policy->tcb[line], layout, text));
	else
		row_expected(row, "a product that the policy lists, not %s", product_name(line));
}

/* "smt, single_socket" for the bits of @set. Returns @text. */
static const char *bit_names(uint64_t set, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < report_policy_bit_count; i++) {
		if (set & BIT(report_policy_bits[i].bit) && at < size)
			at += (size_t)snprintf(text + at, size - at, "%s%s", at ? ", " : "",
				report_policy_bits[i].name);
	}
	return text;
}

static void check_bits(
	const struct policy *policy, const struct snp_report *report, struct checks *checks)
{
	const uint64_t missing = policy->bits_required & ~report->policy;
	const uint64_t unwanted = policy->bits_forbidden & report->policy;
	struct check *row = check_add(checks, CHECK_POLICY_BITS, check_if(!missing && !unwanted));
	char first[160], second[160];

	row_found(row, "0x%" PRIx64, report->policy);
	if (missing || unwanted)
		row_remark(row, "%s%s%s%s%s", missing ? "required but clear: " : "",
			bit_names(missing, first, sizeof(first)), missing && unwanted ? "; " : "",
			unwanted ? "forbidden but set: " : "",
			bit_names(unwanted, second, sizeof(second)));
	else
		row_remark(row, "required bits are set, forbidden ones clear");
}

static void check_value(enum check_id id, const struct policy_values *wanted, const void *value,
	size_t size, struct checks *checks)
{
	char text[2 * POLICY_VALUE_SIZE + 1];
	struct check *row;

	if (!wanted->count)
		return;
	row = check_add(checks, id, check_if(policy_has_value(wanted, value, size)));
	hex_encode(value, size, text);
	row_found(row, "%s", text);
	hex_encode(wanted->values[0], size, text);
	if (wanted->count == 1)
		row_expected(row, "%s", text);
	else
		row_expected(row, "%s or one of %zu others", text, wanted->count - 1);
}

static void check_guest_svn(
	const struct policy *policy, const struct snp_report *report, struct checks *checks)
{
	struct check *row = check_add(
		checks, CHECK_GUEST_SVN, check_if(report->guest_svn >= policy->guest_svn));

	row_found(row, "%" PRIu32, report->guest_svn);
	row_expected(row, "at least %" PRIu32, policy->guest_svn);
}

static void check_required(const struct verify_request *request, struct checks *checks)
{
	const struct policy *policy = request->policy;
	const struct quote_evidence *quote = request->quote;
	const struct {
		bool wanted, given;
		const char *name;
	} parts[] = {{policy->require_nonce, request->nonce, " --nonce"},
		{policy->require_crl, request->crl_count, " --crl"},
		{policy->require_manifest, request->manifest, " --manifest"},
		{policy->require_quote, quote, " --quote"},
		{policy->require_quote_nonce, quote && quote->nonce, " --quote-nonce"},
		{policy->require_event_log, quote && quote->event_log, " --event-log"}};
	char missing[96] = "";
	struct check *row;
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		any |= parts[i].wanted;
		if (parts[i].wanted && !parts[i].given)
			strcat(missing, parts[i].name);
	}
	if (!any)
		return;
	row = check_add(checks, CHECK_REQUIRED, check_if(!missing[0]));
	if (missing[0])
		row_found(row, "missing:%s", missing);
	else
		row_found(row, "all was given");
}

void verify_policy(const struct verify_request *request, const struct snp_report *report,
	const struct chain *chain, struct checks *checks)
{
	const struct policy *policy = request->policy;
	const enum product_line line = product_for(report, chain);

	if (policy->has_tcb) {
		check_minimum(CHECK_MINIMUM_TCB, report->reported_tcb, line, policy, checks);
		check_minimum(CHECK_LAUNCH_TCB, report->launch_tcb, line, policy, checks);
	}
	if (policy->bits_required || policy->bits_forbidden)
		check_bits(policy, report, checks);
	check_value(CHECK_ID_KEY, &policy->id_keys, report->id_key_digest, SNP_DIGEST_SIZE, checks);
	check_value(CHECK_AUTHOR_KEY, &policy->author_keys, report->author_key_digest,
		SNP_DIGEST_SIZE, checks);
	check_value(CHECK_FAMILY_ID, &policy->family_ids, report->family_id,
		sizeof(report->family_id), checks);
	check_value(CHECK_IMAGE_ID, &policy->image_ids, report->image_id, sizeof(report->image_id),
		checks);
	if (policy->has_guest_svn)
		check_guest_svn(policy, report, checks);
	check_value(CHECK_HOST_DATA, &policy->host_data, report->host_data,
		sizeof(report->host_data), checks);
	check_required(request, checks);
}
