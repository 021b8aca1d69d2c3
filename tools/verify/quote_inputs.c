/* SPDX-License-Identifier: MIT */
/*
 * Reading the files of the vTPM's evidence. The challenge is the verifier's own
 * and must be sound; the rest goes on to be judged.
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "commands.h"
#include "input.h"
#include "inputs.h"

/* Reads @path if it is not NULL; prints its error. */
static bool read_optional(const char *path, size_t limit, struct blob *blob)
{
	struct tool_error error;

	return !path || input_read(path, limit, blob, &error) ||
	       (report_error(path, &error), false);
}

static bool read_challenge(const char *path, struct challenge *challenge)
{
	struct blob blob = {NULL, 0};
	struct tool_error error;
	bool ok;

	if (!path)
		return true;
	if (!read_optional(path, CHALLENGE_FILE_MAX, &blob))
		return false;
	ok = challenge_read(&blob, challenge, &error) || (report_error(path, &error), false);
	free((void *)blob.bytes);
	return ok;
}

bool quote_inputs_read(const struct arguments *arguments, struct quote_inputs *inputs)
{
	const size_t values_max = TPM_BANKS_MAX * TPM_PCR_COUNT * TPM_DIGEST_MAX;

	return read_optional(arguments->quote, TPM_QUOTE_MAX, &inputs->quote) &&
	       read_optional(arguments->quote_signature, TPM_SIGNATURE_MAX, &inputs->signature) &&
	       inputs_read_nonce("quote-nonce", arguments->quote_nonce, arguments->quote_nonce_file,
		       &inputs->nonce) &&
	       read_optional(arguments->event_log, EVENT_LOG_MAX, &inputs->event_log) &&
	       read_optional(arguments->pcr_values, values_max, &inputs->pcr_values) &&
	       read_optional(arguments->ak, TPM_PUBLIC_MAX, &inputs->ak) &&
	       read_challenge(arguments->challenge, &inputs->challenge) &&
	       read_optional(arguments->response, CHALLENGE_RESPONSE_MAX, &inputs->response) &&
	       inputs_read_certificates(&arguments->vtpm_certificates, &inputs->certificates,
		       inputs->fault, sizeof(inputs->fault));
}

struct quote_evidence quote_inputs_evidence(
	const struct arguments *arguments, const struct quote_inputs *inputs)
{
	const bool nonce = arguments->quote_nonce || arguments->quote_nonce_file;

	return (struct quote_evidence){.quote = inputs->quote,
		.signature = inputs->signature,
		.nonce = nonce ? &inputs->nonce : NULL,
		.event_log = arguments->event_log ? &inputs->event_log : NULL,
		.pcr_values = arguments->pcr_values ? &inputs->pcr_values : NULL,
		.ak = arguments->ak ? &inputs->ak : NULL,
		.challenge = arguments->challenge ? &inputs->challenge : NULL,
		.response = arguments->response ? &inputs->response : NULL,
		.certificates = &inputs->certificates,
		.fault = inputs->fault[0] ? inputs->fault : NULL};
}

void quote_inputs_free(struct quote_inputs *inputs)
{
	free((void *)inputs->quote.bytes);
	free((void *)inputs->signature.bytes);
	free((void *)inputs->nonce.bytes);
	free((void *)inputs->event_log.bytes);
	free((void *)inputs->pcr_values.bytes);
	free((void *)inputs->ak.bytes);
	free((void *)inputs->response.bytes);
	certificates_free(&inputs->certificates);
	OPENSSL_cleanse(&inputs->challenge, sizeof(inputs->challenge));
}
