/* SPDX-License-Identifier: MIT */
/*
 * nacre-verify verify: has the evidence judged and delivers the verdict.
 */
#include "commands.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "inputs.h"
#include "output.h"
#include "tools/common/cose.h"
#include "tools/common/files.h"
#include "tools/common/key.h"
#include "tools/common/text.h"

#define COSE_CONTENT_TYPE_EAR "application/eat+cwt"

static struct verify_request make_request(const struct arguments *arguments,
	const struct inputs *inputs, const struct quote_evidence *quote)
{
	struct verify_request request = {.report = inputs->report,
		.certificates = &inputs->certificates,
		.fault = inputs->fault[0] ? inputs->fault : NULL,
		.root = inputs->root,
		.crl_count = inputs->crl_count,
		.reference = &inputs->reference,
		.policy = &inputs->policy,
		.nonce = arguments->nonce || arguments->nonce_file ? &inputs->nonce : NULL,
		.manifest = arguments->manifest ? &inputs->manifest : NULL,
		.quote = arguments->quote ? quote : NULL,
		.time = arguments->time,
		.time_given = arguments->time_given};

	memcpy(request.crls, inputs->crls, sizeof(request.crls));
	return request;
}

static bool write_json(
	const char *path, const struct checks *checks, const struct output_facts *facts)
{
	json_t *json = output_json(checks, facts);
	char *text = json_dumps(json, JSON_INDENT(2));
	struct tool_error error;
	bool ok = text != NULL;

	if (ok && !strcmp(path, "-"))
		ok = puts(text) >= 0 && !fflush(stdout);
	else if (ok)
		ok = file_write(path, (const uint8_t *)text, strlen(text), &error) ||
		     (report_error(path, &error), false);
	free(text);
	json_decref(json);
	return ok;
}

/* Replaces the claims in @ear by the signed message with them. */
static bool sign(const char *path, struct buffer *ear)
{
	cbor_item_t *headers = dcbor_map();
	struct buffer message = {0};
	struct tool_error error;
	EVP_PKEY *key = key_read_private(path, &error);
	bool ok;

	if (!key) {
		dcbor_free(headers);
		return report_error(path, &error), false;
	}
	dcbor_put_int(headers, COSE_HEADER_CONTENT_TYPE, dcbor_text(COSE_CONTENT_TYPE_EAR));
	ok = cose_sign1(key, headers, &(struct blob){ear->bytes, ear->size}, &message, &error);
	EVP_PKEY_free(key);
	buffer_free(ear);
	*ear = message;
	return ok || (report_error(path, &error), false);
}

static bool write_ear(const struct arguments *arguments, const struct checks *checks,
	const struct output_facts *facts)
{
	struct buffer ear = {0};
	struct tool_error error;
	bool ok = output_ear(checks, facts, &ear, &error) ||
		  (report_error(arguments->ear, &error), false);

	if (ok && arguments->sign)
		ok = sign(arguments->sign, &ear);
	if (ok && !file_write(arguments->ear, ear.bytes, ear.size, &error)) {
		report_error(arguments->ear, &error);
		ok = false;
	}
	buffer_free(&ear);
	return ok;
}

/* Prints and writes what is asked for; a verdict that cannot be delivered is none. */
static int deliver(const struct arguments *arguments, const struct inputs *inputs,
	const struct verify_request *request, const struct checks *checks)
{
	uint8_t digest[32];
	char text[2 * sizeof(digest) + 1];
	const struct output_facts facts = {.report = arguments->report,
		.time = arguments->time,
		.issued = time(NULL),
		.report_bytes = &inputs->report,
		.nonce = request->nonce,
		.policy_sha256 = arguments->policy ? text : NULL};

	sha256(inputs->policy_file.bytes, inputs->policy_file.size, digest);
	hex_encode(digest, sizeof(digest), text);
	if (!arguments->quiet && (!arguments->json || strcmp(arguments->json, "-")))
		output_table(checks, &facts, stdout);
	if (fflush(stdout))
		return usage_error("verify", "standard output cannot be written");
	if (arguments->json && !write_json(arguments->json, checks, &facts))
		return VERIFY_UNABLE;
	if (arguments->ear && !write_ear(arguments, checks, &facts))
		return VERIFY_UNABLE;
	return checks_accepted(checks) ? VERIFY_ACCEPTED : VERIFY_REFUSED;
}

int command_verify(int argc, char **argv)
{
	struct inputs *inputs = calloc(1, sizeof(*inputs));
	struct checks checks = {.count = 0};
	struct arguments arguments;
	int status = VERIFY_UNABLE;

	if (inputs && arguments_read(argc, argv, &arguments) && inputs_read(&arguments, inputs)) {
		const struct quote_evidence quote = quote_inputs_evidence(
			&arguments, &inputs->quote);
		const struct verify_request request = make_request(&arguments, inputs, &quote);

		verify_evidence(&request, &checks);
		status = deliver(&arguments, inputs, &request, &checks);
	}
	checks_free(&checks);
	if (inputs)
		inputs_free(inputs);
	free(inputs);
	return status;
}
