/* SPDX-License-Identifier: MIT */
/*
 * What the report was made for: the nonce that the verifier chose, and the
 * manifest that the paravisor bound with it.
 */
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guid.h"
#include "manifest.h"
#include "tools/common/text.h"
#include "verify.h"

#define DATA_TEXT_SIZE (2 * SNP_REPORT_DATA_SIZE + 1)

/* SHA-512(nonce || manifest), as protocol 1 binds them (58019, section 7). */
static void bind(
	const struct blob *nonce, const struct blob *manifest, uint8_t digest[SNP_REPORT_DATA_SIZE])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (!context || EVP_DigestInit_ex(context, EVP_sha512(), NULL) != 1 ||
		EVP_DigestUpdate(context, nonce->bytes, nonce->size) != 1 ||
		EVP_DigestUpdate(context, manifest->bytes, manifest->size) != 1 ||
		EVP_DigestFinal_ex(context, digest, NULL) != 1) {
		fputs("libcrypto refused to compute a SHA-512 digest\n", stderr);
		abort();
	}
	EVP_MD_CTX_free(context);
}

static void compare(const struct snp_report *report, const uint8_t wanted[SNP_REPORT_DATA_SIZE],
	const char *what, struct checks *checks)
{
	const bool equal = !memcmp(report->report_data, wanted, SNP_REPORT_DATA_SIZE);
	struct check *row = check_add(checks, CHECK_REPORT_DATA, check_if(equal));
	char text[DATA_TEXT_SIZE];

	hex_encode(report->report_data, SNP_REPORT_DATA_SIZE, text);
	row_found(row, "%s", text);
	if (!equal) {
		hex_encode(wanted, SNP_REPORT_DATA_SIZE, text);
		row_expected(row, "%s", text);
	}
	row_remark(row, "%s", what);
}

static void check_plain(
	const struct snp_report *report, const struct blob *nonce, struct checks *checks)
{
	uint8_t wanted[SNP_REPORT_DATA_SIZE] = {0};
	struct check *row;

	if (nonce->size > sizeof(wanted)) {
		row = check_add(checks, CHECK_REPORT_DATA, CHECK_REFUSED);
		row_found(row, "a nonce of %zu bytes", nonce->size);
		row_expected(row, "at most %zu for a plain report", sizeof(wanted));
		return;
	}
	if (nonce->size)
		memcpy(wanted, nonce->bytes, nonce->size);
	compare(report, wanted, "the nonce, with zeros behind it", checks);
}

static void check_nothing(const struct snp_report *report, bool manifest, struct checks *checks)
{
	char text[DATA_TEXT_SIZE];
	struct check *row = check_add(
		checks, CHECK_REPORT_DATA, manifest ? CHECK_REFUSED : CHECK_NOT_DONE);

	hex_encode(report->report_data, SNP_REPORT_DATA_SIZE, text);
	row_found(row, "%s", text);
	row_remark(row, "%s",
		manifest ? "without --nonce nothing binds the manifest to the report"
			 : "no --nonce: the report may be an old one");
}

static void append_text(struct buffer *text, const char *words)
{
	buffer_append(text, words, strlen(words));
}

/* What a service claims, or that nobody here knows it. */
static void append_service(struct buffer *text, const struct manifest_service *service)
{
	char guid[GUID_TEXT_SIZE];

	if (text->size)
		append_text(text, "; ");
	if (service->name) {
		append_text(text, service->name);
		append_text(text, ": ");
		manifest_describe(service, text);
		return;
	}
	append_text(text, "service ");
	append_text(text, guid_text_uefi(service->guid, guid));
	append_text(text, " is unknown here, its content was not judged");
}

static void remark_services(struct check *row, const struct manifest *manifest)
{
	struct buffer text = {0};

	for (size_t i = 0; i < manifest->count; i++)
		append_service(&text, &manifest->services[i]);
	if (text.size && !text.failed)
		row_remark(row, "%.*s", (int)text.size, (const char *)text.bytes);
	buffer_free(&text);
}

static void check_manifest(const struct blob *blob, struct checks *checks)
{
	struct manifest manifest;
	struct tool_error error;
	struct check *row;

	if (!manifest_read(blob, &manifest, &error)) {
		row = check_add(checks, CHECK_MANIFEST, CHECK_REFUSED);
		row_found(row, "offset 0x%" PRIx64 ": %s", error.offset, error.text);
		return;
	}
	row = check_add(checks, CHECK_MANIFEST, CHECK_HOLDS);
	if (manifest.single)
		row_found(row, "%s alone, %zu bytes", manifest.services[0].name, blob->size);
	else
		row_found(row, "%zu service(s), %zu bytes", manifest.count, blob->size);
	remark_services(row, &manifest);
}

void verify_data(const struct verify_request *request, const struct snp_report *report,
	struct checks *checks)
{
	uint8_t wanted[SNP_REPORT_DATA_SIZE];

	if (!request->nonce) {
		check_nothing(report, request->manifest, checks);
	} else if (request->manifest) {
		bind(request->nonce, request->manifest, wanted);
		compare(report, wanted, "SHA-512 of nonce and manifest", checks);
	} else {
		check_plain(report, request->nonce, checks);
	}
	if (request->manifest)
		check_manifest(request->manifest, checks);
}
