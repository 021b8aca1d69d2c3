/* SPDX-License-Identifier: MIT */
/*
 * What a report must have whatever it reports: its form, and its ties to the
 * certificate of the key that signed it.
 */
#include <inttypes.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "tools/common/ecdsa_der.h"
#include "tools/common/text.h"
#include "verify.h"

static bool check_version(
	const struct policy *policy, const struct snp_report *report, struct checks *checks)
{
	const uint32_t version = report->version;
	struct check *row = check_add(checks, CHECK_REPORT_VERSION, CHECK_HOLDS);

	row_found(row, "%" PRIu32, version);
	if (version < REPORT_VERSION_MIN || version > REPORT_VERSION_MAX) {
		row->result = CHECK_REFUSED;
		row_expected(row, "%u to %u", REPORT_VERSION_MIN, REPORT_VERSION_MAX);
		row_remark(row, "nothing more can be said of a version that is unknown");
		return false;
	}
	if (policy->report_versions && !(policy->report_versions & 1U << version)) {
		row->result = CHECK_REFUSED;
		row_expected(row, "a version that the policy lists");
	}
	return true;
}

static void check_algorithm(const struct snp_report *report, struct checks *checks)
{
	const bool known = report->signature_algorithm == SNP_REPORT_ECDSA_P384_SHA384;
	struct check *row = check_add(checks, CHECK_ALGORITHM, check_if(known));

	row_found(row, "%" PRIu32 "%s", report->signature_algorithm,
		known ? ", ECDSA on P-384 with SHA-384" : "");
	row_expected(row, "1, ECDSA on P-384 with SHA-384");
}

static void check_signer(
	const struct policy *policy, const struct snp_report *report, struct checks *checks)
{
	const enum snp_report_signer signer = report_signer(report);
	struct check *row = check_add(checks, CHECK_SIGNER, CHECK_HOLDS);

	row_found(row, "%s", report_signer_name(signer));
	if (report->key_info & SNP_REPORT_KEY_MASK_CHIP) {
		row_found(row, "masked");
		row_expected(row, "a VCEK or VLEK that is not masked");
	} else if (signer != SNP_SIGNER_VCEK && signer != SNP_SIGNER_VLEK) {
		row_expected(row, "VCEK or VLEK");
	} else if (policy->signing_keys && !(policy->signing_keys & BIT(signer))) {
		row_expected(row, "a key that the policy lists");
	} else {
		return;
	}
	row->result = CHECK_REFUSED;
}

bool verify_form(
	const struct verify_request *request, struct snp_report *report, struct checks *checks)
{
	struct tool_error error;
	enum report_form form;
	struct check *row;

	if (!report_read(&request->report, report, &form, &error)) {
		row = check_add(checks, CHECK_REPORT_FORM, CHECK_REFUSED);
		row_found(row, "offset 0x%" PRIx64 ": %s", error.offset, error.text);
		return false;
	}
	row = check_add(checks, CHECK_REPORT_FORM, CHECK_HOLDS);
	row_found(row, "%zu bytes%s", sizeof(*report),
		form == REPORT_RESPONSE ? " in a response of the secure processor" : "");
	if (!check_version(request->policy, report, checks))
		return false;
	check_algorithm(report, checks);
	check_signer(request->policy, report, checks);
	return true;
}

const struct tcb_layout *verify_layout(const struct snp_report *report, const struct chain *chain)
{
	const struct tcb_layout *layout = tcb_layout(report_product(report));

	return layout || !chain->key ? layout : tcb_layout(chain->facts.line);
}

static void check_reserved(
	const struct snp_report *report, const struct chain *chain, struct checks *checks)
{
	struct tool_error error;
	struct check *row;

	if (report_reserved(report, verify_layout(report, chain), &error)) {
		row_found(check_add(checks, CHECK_RESERVED, CHECK_HOLDS), "all as they must be");
		return;
	}
	row = check_add(checks, CHECK_RESERVED, CHECK_REFUSED);
	row_found(row, "offset 0x%" PRIx64 " of the report: %s", error.offset, error.text);
}

static bool is_signed(const struct snp_report *report, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const struct snp_signature *numbers = &report->signature;
	size_t size;
	uint8_t *der = ecdsa_der(BN_lebin2bn(numbers->r, sizeof(numbers->r), NULL),
		BN_lebin2bn(numbers->s, sizeof(numbers->s), NULL), &size);
	bool ok = context && size &&
		  EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key) == 1 &&
		  EVP_DigestVerify(context, der, size, (const uint8_t *)report,
			  offsetof(struct snp_report, signature)) == 1;

	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return ok;
}

static void check_signature(
	const struct snp_report *report, const struct chain *chain, struct checks *checks)
{
	const char *signer = report_signer_name(report_signer(report));
	struct check *row;
	bool ok;

	if (!chain->key) {
		row = check_add(checks, CHECK_SIGNATURE, CHECK_REFUSED);
		row_found(row, "no certificate whose key could verify it");
		return;
	}
	ok = is_signed(report, X509_get0_pubkey(chain->key));
	row = check_add(checks, CHECK_SIGNATURE, check_if(ok));
	row_found(row, "%s by that %s", ok ? "made" : "NOT made", signer);
	if (!ok)
		row_expected(row, "a signature over bytes 0 to 0x29f by the certificate's key");
}

static void check_product(
	const struct snp_report *report, const struct chain *chain, struct checks *checks)
{
	const bool named = report->version >= REPORT_VERSION_CPUID;
	const enum product_line line = report_product(report);
	const enum product_line key = chain->facts.line;
	const bool holds = chain->key && key != PRODUCT_UNKNOWN && (!named || line == key) &&
			   (!chain->anchor || chain->anchor->line == key);
	struct check *row = check_add(checks, CHECK_PRODUCT, check_if(holds));

	row_expected(row, "the same in report, certificate and root");
	if (named)
		row_found(row,
			"report: %s (family 0x%x, model 0x%x, stepping 0x%x); certificate: %s; "
			"root: %s",
			product_name(line), report->cpuid_family, report->cpuid_model,
			report->cpuid_stepping, chain->key ? chain->facts.product : "none",
			chain->anchor ? product_name(chain->anchor->line) : "not AMD's");
	else
		row_found(row, "certificate: %s; root: %s",
			chain->key ? chain->facts.product : "none",
			chain->anchor ? product_name(chain->anchor->line) : "not AMD's");
	if (!named)
		row_remark(row, "reports of version 2 name no product");
}

static void check_tcb(
	const struct snp_report *report, const struct chain *chain, struct checks *checks)
{
	const struct tcb_layout *layout = verify_layout(report, chain);
	const uint64_t wanted = chain->key ? key_facts_tcb(&chain->facts) : 0;
	const bool holds = chain->key && report->reported_tcb == wanted;
	struct check *row = check_add(checks, CHECK_TCB, check_if(holds));
	char text[TCB_TEXT_SIZE];

	row_found(row, "%s", tcb_text(report->reported_tcb, layout, text));
	if (chain->key)
		row_expected(row, "%s (certificate)", tcb_text(wanted, layout, text));
	else
		row_expected(row, "that of a certificate");
}

static void hex_of(const uint8_t *bytes, size_t size, char *text)
{
	while (size > 8 && !bytes[size - 1])
		size--;
	hex_encode(bytes, size, text);
}

static void check_chip_id(
	const struct snp_report *report, const struct chain *chain, struct checks *checks)
{
	const struct key_facts *facts = &chain->facts;
	char text[2 * sizeof(report->chip_id) + 1];
	struct check *row;
	bool ok;

	if (chain->key && facts->role == SNP_SIGNER_VLEK) {
		row = check_add(checks, CHECK_CHIP_ID, CHECK_NOT_DONE);
		row_found(row, "a VLEK stands for no chip; provider \"%s\"", facts->csp_id);
		return;
	}
	ok = chain->key && !memcmp(report->chip_id, facts->hwid, facts->hwid_size) &&
	     all_bytes(report->chip_id + facts->hwid_size,
		     sizeof(report->chip_id) - facts->hwid_size, 0);
	row = check_add(checks, CHECK_CHIP_ID, check_if(ok));
	hex_of(report->chip_id, sizeof(report->chip_id), text);
	row_found(row, "%s", text);
	if (ok)
		return;
	hex_of(facts->hwid, sizeof(facts->hwid), text);
	row_expected(row, "%s (certificate)", chain->key ? text : "none");
}

void verify_binding(
	const struct snp_report *report, const struct chain *chain, struct checks *checks)
{
	check_reserved(report, chain, checks);
	check_signature(report, chain, checks);
	check_product(report, chain, checks);
	check_tcb(report, chain, checks);
	check_chip_id(report, chain, checks);
}
