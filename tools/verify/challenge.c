/* SPDX-License-Identifier: MIT */
/*
 * Challenges; see challenge.h.
 */
#include "challenge.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "tools/common/text.h"

#define CHALLENGE_VERSION 1
#define CHALLENGE_FIELDS 4
#define HEX_MAX (2 * TPM_PUBLIC_MAX + 1)

bool challenge_make(const struct tpm_public *ek, const struct tpm_public *ak,
	struct challenge *challenge, struct buffer *credential, struct tool_error *error)
{
	struct tool_error inner;

	*challenge = (struct challenge){.ek_size = ek->bytes.size};
	if (!tpm_public_is_ak(ak, &inner))
		return fail_with(
			error, "the key to be certified is no attestation key: %.200s", inner.text);
	memcpy(challenge->ek, ek->bytes.bytes, ek->bytes.size);
	tpm_public_name(ak, &challenge->ak);
	if (RAND_priv_bytes(challenge->secret, sizeof(challenge->secret)) != 1)
		return fail_with(error, "libcrypto has no random numbers");
	if (tpm_credential_make(ek, &challenge->ak, challenge->secret, credential, &inner))
		return true;
	return fail_with(error, "the endorsement key: %.200s", inner.text);
}

bool challenge_write(
	const struct challenge *challenge, struct buffer *out, struct tool_error *error)
{
	char ek[HEX_MAX], ak[2 * TPM_NAME_MAX + 1], secret[2 * TPM_CREDENTIAL_SECRET_SIZE + 1];
	char text[HEX_MAX + 512];
	int size;

	hex_encode(challenge->ek, challenge->ek_size, ek);
	hex_encode(challenge->ak.bytes, challenge->ak.size, ak);
	hex_encode(challenge->secret, sizeof(challenge->secret), secret);
	size = snprintf(text, sizeof(text),
		"{\n\t\"version\": %d,\n\t\"ek\": \"%s\",\n\t\"ak_name\": \"%s\",\n"
		"\t\"secret\": \"%s\"\n}\n",
		CHALLENGE_VERSION, ek, ak, secret);
	buffer_append(out, text, (size_t)size);
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(text, sizeof(text));
	return !out->failed || fail_with(error, "out of memory");
}

/* Hexadecimal digits of the key @name, at most @max bytes. */
static bool take_bytes(const json_t *root, const char *name, uint8_t *bytes, size_t max,
	size_t *size, struct tool_error *error)
{
	const char *text = json_string_value(json_object_get(root, name));

	*size = text ? strlen(text) / 2 : 0;
	return (*size && *size <= max && hex_decode(text, bytes, *size)) ||
	       fail_with(error, "\"%s\" is missing or not at most %zu bytes in hexadecimal", name,
		       max);
}

static bool take_all(const json_t *root, struct challenge *challenge, struct tool_error *error)
{
	const json_t *version = json_object_get(root, "version");
	size_t size;

	if (json_object_size(root) != CHALLENGE_FIELDS || !json_is_integer(version) ||
		json_integer_value(version) != CHALLENGE_VERSION)
		return fail_with(error, "no challenge that nacre-verify challenge has written");
	if (!take_bytes(
		    root, "ek", challenge->ek, sizeof(challenge->ek), &challenge->ek_size, error) ||
		!take_bytes(root, "ak_name", challenge->ak.bytes, sizeof(challenge->ak.bytes),
			&challenge->ak.size, error) ||
		!take_bytes(
			root, "secret", challenge->secret, sizeof(challenge->secret), &size, error))
		return false;
	return size == sizeof(challenge->secret) ||
	       fail_with(
		       error, "\"secret\" has %zu bytes, not %zu", size, sizeof(challenge->secret));
}

bool challenge_read(const struct blob *blob, struct challenge *challenge, struct tool_error *error)
{
	json_error_t json_error;
	json_t *root;
	bool ok;

	*challenge = (struct challenge){.ek_size = 0};
	if (blob->size > CHALLENGE_FILE_MAX)
		return fail_at(error, CHALLENGE_FILE_MAX, "longer than a challenge can be");
	root = json_loadb(
		(const char *)blob->bytes, blob->size, JSON_REJECT_DUPLICATES, &json_error);
	if (!root)
		return fail_at(error, (uint64_t)json_error.position, "line %d of the JSON: %s",
			json_error.line, json_error.text);
	ok = take_all(root, challenge, error);
	json_decref(root);
	return ok;
}

bool challenge_is_answered(const struct challenge *challenge, const struct blob *response)
{
	return response->size == sizeof(challenge->secret) &&
	       !CRYPTO_memcmp(response->bytes, challenge->secret, sizeof(challenge->secret));
}
