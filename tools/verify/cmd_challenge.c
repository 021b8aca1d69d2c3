/* SPDX-License-Identifier: MIT */
/*
 * nacre-verify challenge and respond: whether an attestation key that the guest
 * made is in the TPM with a certain endorsement key.
 */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "challenge.h"
#include "input.h"
#include "manifest.h"
#include "manifest_vtpm.h"
#include "tools/common/files.h"
#include "tools/common/text.h"

const char help_challenge[] =
	"  challenge OPTION...                      ask a TPM whether a key is its own\n"
	"      --ak FILE               the key (tpm2_readpublic -o)\n"
	"      --ek FILE               the endorsement key (tpm2_createek -u)\n"
	"      --manifest FILE         or the manifest that has it: its first one\n"
	"      --credential FILE       is written: for tpm2_activatecredential\n"
	"      --state FILE            is written: for respond and verify; secret\n"
	"  respond STATE RESPONSE                   judge what tpm2_activatecredential wrote\n";

/* Where the options' texts stand in an array. */
enum {
	TEXT_AK,
	TEXT_EK,
	TEXT_MANIFEST,
	TEXT_CREDENTIAL,
	TEXT_STATE,
	TEXTS
};

static const struct option challenge_options[TEXTS + 1] = {
	[TEXT_AK] = {"ak", required_argument, NULL, 0},
	[TEXT_EK] = {"ek", required_argument, NULL, 0},
	[TEXT_MANIFEST] = {"manifest", required_argument, NULL, 0},
	[TEXT_CREDENTIAL] = {"credential", required_argument, NULL, 0},
	[TEXT_STATE] = {"state", required_argument, NULL, 0},
};

static bool read_arguments(int argc, char **argv, const char *texts[TEXTS])
{
	if (!arguments_read_texts(argc, argv, challenge_options, texts))
		return false;
	if (optind == argc && texts[TEXT_AK] && texts[TEXT_CREDENTIAL] && texts[TEXT_STATE] &&
		!texts[TEXT_EK] != !texts[TEXT_MANIFEST])
		return true;
	usage_error("challenge",
		"--ak, --credential, --state, and either --ek or --manifest are needed");
	return false;
}

/* Reads @path; prints its error. */
static bool read_file(const char *path, size_t limit, struct blob *blob)
{
	struct tool_error error;

	return input_read(path, limit, blob, &error) || (report_error(path, &error), false);
}

static bool read_public(const char *path, struct blob *blob, struct tpm_public *public)
{
	struct tool_error error;

	if (!read_file(path, TPM_PUBLIC_MAX, blob))
		return false;
	return tpm_public_read(blob, public, &error) || (report_error(path, &error), false);
}

/* The vTPM's body in a manifest. */
static bool find_body(const struct blob *blob, struct blob *body, struct tool_error *error)
{
	const struct manifest_service *service;
	struct manifest manifest;

	if (!manifest_read(blob, &manifest, error))
		return false;
	service = manifest_vtpm(&manifest);
	if (!service)
		return fail_with(error, "it does not name the vTPM");
	*body = service->body;
	return true;
}

/* @identity keeps what @ek points to. */
static bool read_manifest(
	const char *path, struct blob *blob, struct vtpm_identity *identity, struct tpm_public *ek)
{
	struct tool_error error;
	struct blob body;

	if (!read_file(path, MANIFEST_FILE_MAX, blob))
		return false;
	if (!find_body(blob, &body, &error) || !vtpm_identity_read(&body, identity, &error))
		return report_error(path, &error), false;
	*ek = identity->eks[0];
	return true;
}

/* Writes what nobody else may read, into a file that was not there before. */
static bool write_state(const char *path, const struct challenge *challenge)
{
	struct buffer text = {0};
	struct tool_error error;
	int file = -1;
	bool ok = challenge_write(challenge, &text, &error);

	if (ok) {
		file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		ok = file >= 0 && write(file, text.bytes, text.size) == (ssize_t)text.size &&
		     !fsync(file);
		if (!ok)
			fail_with(&error, "cannot be written anew: %s", strerror(errno));
	}
	if (file >= 0)
		close(file);
	if (text.size)
		OPENSSL_cleanse(text.bytes, text.size);
	buffer_free(&text);
	return ok || (report_error(path, &error), false);
}

static int make(
	const char *const texts[TEXTS], const struct tpm_public *ek, const struct tpm_public *ak)
{
	const char *path = texts[TEXT_CREDENTIAL];
	struct buffer credential = {0};
	struct challenge challenge;
	struct tool_error error;
	int status = VERIFY_UNABLE;

	if (!challenge_make(ek, ak, &challenge, &credential, &error)) {
		report_error(texts[TEXT_AK], &error);
		status = VERIFY_REFUSED;
	} else if (write_state(texts[TEXT_STATE], &challenge)) {
		if (file_write(path, credential.bytes, credential.size, &error))
			status = VERIFY_ACCEPTED;
		else
			report_error(path, &error);
	}
	OPENSSL_cleanse(&challenge, sizeof(challenge));
	buffer_free(&credential);
	return status;
}

int command_challenge(int argc, char **argv)
{
	struct vtpm_identity identity = {.ek_count = 0};
	struct blob ak_blob = {NULL, 0}, ek_blob = {NULL, 0};
	const char *texts[TEXTS];
	struct tpm_public ek, ak;
	int status = VERIFY_UNABLE;
	bool ok;

	if (!read_arguments(argc, argv, texts))
		return VERIFY_UNABLE;
	ok = read_public(texts[TEXT_AK], &ak_blob, &ak);
	if (ok && texts[TEXT_EK])
		ok = read_public(texts[TEXT_EK], &ek_blob, &ek);
	else if (ok)
		ok = read_manifest(texts[TEXT_MANIFEST], &ek_blob, &identity, &ek);
	if (ok)
		status = make(texts, &ek, &ak);
	vtpm_identity_free(&identity);
	free((void *)ak_blob.bytes);
	free((void *)ek_blob.bytes);
	return status;
}

static const struct option no_options[] = {
	{NULL, 0, NULL, 0},
};

static int judge(const struct challenge *challenge, const struct blob *response)
{
	char name[2 * TPM_NAME_MAX + 1];

	hex_encode(challenge->ak.bytes, challenge->ak.size, name);
	if (challenge_is_answered(challenge, response)) {
		printf("accepted: the TPM with that endorsement key has the key\n  %s\n", name);
		return VERIFY_ACCEPTED;
	}
	printf("REFUSED: that is not the secret of the challenge for the key\n  %s\n", name);
	return VERIFY_REFUSED;
}

int command_respond(int argc, char **argv)
{
	struct blob state = {NULL, 0}, response = {NULL, 0};
	struct challenge challenge = {.ek_size = 0};
	struct tool_error error;
	int status = VERIFY_UNABLE;

	if (!arguments_read_texts(argc, argv, no_options, NULL))
		return VERIFY_UNABLE;
	if (argc - optind != 2)
		return usage_error("respond", "the challenge's state and the response are needed");
	if (read_file(argv[optind], CHALLENGE_FILE_MAX, &state) &&
		read_file(argv[optind + 1], CHALLENGE_RESPONSE_MAX, &response)) {
		if (challenge_read(&state, &challenge, &error))
			status = judge(&challenge, &response);
		else
			report_error(argv[optind], &error);
	}
	OPENSSL_cleanse(&challenge, sizeof(challenge));
	free((void *)state.bytes);
	free((void *)response.bytes);
	return status;
}
