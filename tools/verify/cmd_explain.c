/* SPDX-License-Identifier: MIT */
/*
 * nacre-verify explain: says what a file of evidence holds.
 */
#include "commands.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "input.h"

const char help_explain[] =
	"  explain FILE                             print a report field by field; or a\n"
	"                                           certificate, a table of them, a manifest, a\n"
	"                                           TPM's quote or public key, an event log\n";

static const struct option long_options[] = {
	{NULL, 0, NULL, 0},
};

/* By size: no certificate or manifest that is in use has one of these. */
static bool is_report(const struct blob *blob)
{
	return blob->size == sizeof(struct snp_report) ||
	       blob->size == sizeof(struct snp_report_rsp);
}

static bool try_report(const struct blob *blob, struct tool_error *error)
{
	struct snp_report report;
	enum report_form form;

	if (!report_read(blob, &report, &form, error))
		return false;
	if (form == REPORT_RESPONSE)
		puts("response of the secure processor, with an");
	explain_report(&report, stdout);
	return true;
}

static bool try_manifest(const struct blob *blob, struct tool_error *error)
{
	struct manifest manifest;

	if (!manifest_read(blob, &manifest, error))
		return false;
	explain_manifest(&manifest, stdout);
	return true;
}

static bool try_certificates(const struct blob *blob, struct tool_error *error)
{
	struct certificates certificates = {.count = 0};
	struct tool_error ignored;
	bool ok = certificates_add(&certificates, blob, error);

	if (ok) {
		(void)!explain_table(blob, stdout, &ignored);
		explain_certificates(&certificates, stdout);
	}
	certificates_free(&certificates);
	return ok;
}

static bool try_quote(const struct blob *blob, struct tool_error *error)
{
	struct tpm_quote quote;

	if (!tpm_quote_read(blob, &quote, error))
		return false;
	explain_quote(&quote, stdout);
	return true;
}

static bool try_public(const struct blob *blob)
{
	struct tpm_public public;
	struct tool_error ignored;

	if (!tpm_public_read(blob, &public, &ignored))
		return false;
	puts("public area of a TPM's key");
	explain_public(&public, 2, stdout);
	return true;
}

/* TPM_GENERATED; what follows may be none that is a quote. */
static bool is_attestation(const struct blob *blob)
{
	return blob->size >= 4 && !memcmp(blob->bytes, "\xffTCG", 4);
}

static bool explain(const struct blob *blob, struct tool_error *error)
{
	struct tool_error ignored;

	if (event_log_is(blob))
		return explain_event_log(blob, stdout, error);
	if (is_attestation(blob))
		return try_quote(blob, error);
	/* A key alone may be a manifest of version 0; if it is none, it is still a key. */
	if (manifest_is(blob))
		return try_manifest(blob, error) || try_public(blob);
	if (try_public(blob))
		return true;
	if (is_report(blob))
		return try_report(blob, error);
	if (blob->size == SNP_MSG_PAYLOAD_MAX && try_report(blob, &ignored))
		return true;
	if (try_certificates(blob, &ignored))
		return true;
	return fail_with(error,
		"%zu bytes that are no report (1184, 1216 or 4000 bytes), no manifest, no quote, "
		"event log or key of a TPM, and no certificates (%s)",
		blob->size, ignored.text);
}

int command_explain(int argc, char **argv)
{
	struct tool_error error;
	struct blob blob;
	bool ok;

	if (getopt_long(argc, argv, "", long_options, NULL) != -1)
		return VERIFY_UNABLE;
	if (argc - optind != 1)
		return usage_error("explain", "one file is needed");
	if (!input_read(argv[optind], EVENT_LOG_MAX, &blob, &error)) {
		report_error(argv[optind], &error);
		return VERIFY_UNABLE;
	}
	ok = explain(&blob, &error);
	free((void *)blob.bytes);
	if (!ok)
		report_error(argv[optind], &error);
	return ok ? VERIFY_ACCEPTED : VERIFY_UNABLE;
}
