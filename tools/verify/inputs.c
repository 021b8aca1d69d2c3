/* SPDX-License-Identifier: MIT */
/*
 * Reading the files that nacre-verify verify was given. Those that are the
 * user's own (policy, image, root) must be sound; evidence need not be, and goes
 * on to be judged.
 */
#include "inputs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "input.h"
#include "manifest.h"
#include "tools/common/text.h"

#define REPORT_FILE_MAX (64 * KIB)
#define IGVM_FILE_MAX (1 * GIB)

static_assert(VERIFY_CRLS_MAX >= ARGUMENT_FILES_MAX, "each --crl has a place");

void inputs_free(struct inputs *inputs)
{
	free((void *)inputs->report.bytes);
	free((void *)inputs->nonce.bytes);
	free((void *)inputs->manifest.bytes);
	free((void *)inputs->policy_file.bytes);
	certificates_free(&inputs->certificates);
	quote_inputs_free(&inputs->quote);
	X509_free(inputs->root);
	for (size_t i = 0; i < inputs->crl_count; i++)
		X509_CRL_free(inputs->crls[i]);
}

/* Prints its error. */
static bool read_file(const char *path, size_t limit, struct blob *blob)
{
	struct tool_error error;

	return input_read(path, limit, blob, &error) || (report_error(path, &error), false);
}

bool inputs_read_certificates(const struct argument_list *files, struct certificates *certificates,
	char *fault, size_t fault_size)
{
	struct tool_error error;
	struct blob blob;

	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->values[i];

		if (!read_file(path, CERTIFICATES_FILE_MAX, &blob))
			return false;
		if (!certificates_add(certificates, &blob, &error))
			snprintf(fault, fault_size, "%.120s: offset 0x%" PRIx64 ": %s", path,
				error.offset, error.text);
		free((void *)blob.bytes);
	}
	return true;
}

static bool read_root(const char *path, struct inputs *inputs)
{
	struct tool_error error;
	struct blob blob;

	if (!path)
		return true;
	if (!read_file(path, CERTIFICATES_FILE_MAX, &blob))
		return false;
	inputs->root = certificate_read(&blob, &error);
	free((void *)blob.bytes);
	return inputs->root || (report_error(path, &error), false);
}

static bool read_crls(const struct arguments *arguments, struct inputs *inputs)
{
	struct tool_error error;
	struct blob blob;

	for (size_t i = 0; i < arguments->crls.count; i++) {
		const char *path = arguments->crls.values[i];

		if (!read_file(path, CERTIFICATES_FILE_MAX, &blob))
			return false;
		inputs->crls[i] = revocations_read(&blob, &error);
		free((void *)blob.bytes);
		if (!inputs->crls[i])
			return report_error(path, &error), false;
		inputs->crl_count++;
	}
	return true;
}

static bool read_reference(
	const struct arguments *arguments, const char *path, bool igvm, struct inputs *inputs)
{
	struct tool_error error;
	struct blob blob;
	bool ok;

	if (!read_file(path, igvm ? IGVM_FILE_MAX : REFERENCE_FILE_MAX, &blob))
		return false;
	ok = igvm ? reference_add_igvm(&inputs->reference, &blob, path, &arguments->launch, &error)
		  : reference_add_json(&inputs->reference, &blob, path, &error);
	free((void *)blob.bytes);
	return ok || (report_error(path, &error), false);
}

static bool read_references(const struct arguments *arguments, struct inputs *inputs)
{
	struct tool_error error;

	for (size_t i = 0; i < arguments->igvms.count; i++) {
		if (!read_reference(arguments, arguments->igvms.values[i], true, inputs))
			return false;
	}
	for (size_t i = 0; i < arguments->references.count; i++) {
		if (!read_reference(arguments, arguments->references.values[i], false, inputs))
			return false;
	}
	for (size_t i = 0; i < arguments->measurements.count; i++) {
		if (!reference_add_text(
			    &inputs->reference, arguments->measurements.values[i], &error))
			return usage_error("verify", "--measurement: %s", error.text), false;
	}
	return true;
}

static bool decode_nonce(const char *option, const char *text, struct blob *nonce)
{
	const size_t size = strlen(text) / 2;
	uint8_t *bytes = size <= VERIFY_NONCE_MAX ? malloc(size + 1) : NULL;

	*nonce = (struct blob){bytes, size};
	if (bytes && hex_decode(text, bytes, size))
		return true;
	usage_error("verify", "--%s is an even number of hexadecimal digits, at most %d", option,
		2 * VERIFY_NONCE_MAX);
	return false;
}

bool inputs_read_nonce(const char *option, const char *text, const char *path, struct blob *nonce)
{
	if (!text && !path)
		return true;
	if (path ? !read_file(path, VERIFY_NONCE_MAX, nonce) : !decode_nonce(option, text, nonce))
		return false;
	if (nonce->size)
		return true;
	usage_error("verify", "the nonce is empty (--%s)", option);
	return false;
}

static bool read_policy(const char *path, struct inputs *inputs)
{
	struct tool_error error;

	policy_default(&inputs->policy);
	if (!path)
		return true;
	if (!read_file(path, POLICY_FILE_MAX, &inputs->policy_file))
		return false;
	return policy_read(&inputs->policy_file, &inputs->policy, &error) ||
	       (report_error(path, &error), false);
}

bool inputs_read(const struct arguments *arguments, struct inputs *inputs)
{
	return read_file(arguments->report, REPORT_FILE_MAX, &inputs->report) &&
	       inputs_read_certificates(&arguments->certificates, &inputs->certificates,
		       inputs->fault, sizeof(inputs->fault)) &&
	       read_root(arguments->root, inputs) && read_crls(arguments, inputs) &&
	       read_references(arguments, inputs) &&
	       inputs_read_nonce(
		       "nonce", arguments->nonce, arguments->nonce_file, &inputs->nonce) &&
	       read_policy(arguments->policy, inputs) &&
	       (!arguments->manifest ||
		       read_file(arguments->manifest, MANIFEST_FILE_MAX, &inputs->manifest)) &&
	       quote_inputs_read(arguments, &inputs->quote);
}
