/* SPDX-License-Identifier: MIT */
/*
 * Certificates and tables of them in plain words.
 */
#include <inttypes.h>

#include "anchors.h"
#include "cert_table.h"
#include "explain.h"
#include "guid.h"
#include "key_facts.h"
#include "tools/common/text.h"
#include "vtpm_certificate.h"

static void print_date(const char *name, const ASN1_TIME *time, FILE *out)
{
	struct tm parts;
	char text[32];

	if (ASN1_TIME_to_tm(time, &parts) != 1 ||
		!strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts))
		snprintf(text, sizeof(text), "(no date)");
	fprintf(out, "  %-14s %s\n", name, text);
}

static void print_facts(const struct key_facts *facts, FILE *out)
{
	char text[2 * KEY_FACTS_HWID_MAX + 1], versions[TCB_TEXT_SIZE];

	fprintf(out, "  %-14s %s of a %s\n", "key", report_signer_name(facts->role),
		facts->product);
	fprintf(out, "  %-14s %s\n", "TCB",
		tcb_text(key_facts_tcb(facts), tcb_layout(facts->line), versions));
	if (facts->role == SNP_SIGNER_VLEK) {
		fprintf(out, "  %-14s %s\n", "provider", facts->csp_id);
		return;
	}
	hex_encode(facts->hwid, facts->hwid_size, text);
	fprintf(out, "  %-14s %s\n", "chip id", text);
}

static void print_role(X509 *certificate, FILE *out)
{
	const struct anchor *anchor = anchor_find(certificate);
	const char *purpose = vtpm_certificate_purpose(certificate);
	struct tool_error error;
	struct key_facts facts;

	if (anchor)
		fprintf(out, "  %-14s AMD's root %s, by its digest\n", "known as", anchor->name);
	if (purpose)
		fprintf(out, "  %-14s %s, by TCG's profile\n", "key", purpose);
	if (!key_facts_present(certificate))
		return;
	if (key_facts_read(certificate, &facts, &error))
		print_facts(&facts, out);
	else
		fprintf(out, "  %-14s %s\n", "cannot be used", error.text);
}

void explain_certificates(const struct certificates *certificates, FILE *out)
{
	char subject[CERTIFICATE_NAME_SIZE], issuer[CERTIFICATE_NAME_SIZE];

	for (size_t i = 0; i < certificates->count; i++) {
		X509 *certificate = certificates->list[i];

		fprintf(out, "%scertificate of %s\n", i ? "\n" : "",
			certificate_name(X509_get_subject_name(certificate), subject));
		fprintf(out, "  %-14s %s\n", "in the name of",
			certificate_name(X509_get_issuer_name(certificate), issuer));
		print_date("valid from", X509_get0_notBefore(certificate), out);
		print_date("valid until", X509_get0_notAfter(certificate), out);
		print_role(certificate, out);
	}
}

bool explain_table(const struct blob *blob, FILE *out, struct tool_error *error)
{
	char text[GUID_TEXT_SIZE];
	struct cert_table table;

	if (!cert_table_read(blob, &table, error))
		return false;
	fprintf(out, "certificate table, %zu entries\n", table.count);
	for (size_t i = 0; i < table.count; i++) {
		const char *name = cert_table_name(table.entries[i].guid);

		fprintf(out, "  0x%05" PRIx32 "  %6zu bytes  %s  %s\n", table.entries[i].offset,
			table.entries[i].content.size, guid_text(table.entries[i].guid, text),
			name ? name : "unknown");
	}
	fputc('\n', out);
	return true;
}
