/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for what nacre-verify reads of a TPM, and explains of it: public
 * areas, signatures, quotes and event logs; the first byte of the input says which.
 */
#include "tests/fuzz/fuzz.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "tools/verify/explain.h"

/* Explanations go nowhere; that they can be made is all. */
static FILE *nowhere(void)
{
	static FILE *file;

	if (!file)
		file = fopen("/dev/null", "w");
	FUZZ_CHECK(file);
	return file;
}

static void within(const struct blob *part, const struct blob *whole)
{
	FUZZ_CHECK(!part->size || (part->bytes >= whole->bytes &&
					  part->bytes + part->size <= whole->bytes + whole->size));
}

static bool try_public(const struct blob *blob, struct tool_error *error)
{
	struct tool_error ignored;
	struct tpm_public public;
	struct tpm_name name;

	if (!tpm_public_read(blob, &public, error))
		return false;
	within(&public.bytes, blob);
	within(&public.x, blob);
	within(&public.y, blob);
	FUZZ_CHECK(!tpm_public_is_ak(&public, &ignored) || !tpm_public_is_ek(&public, &ignored));
	tpm_public_name(&public, &name);
	FUZZ_CHECK(name.size > 2 && name.size <= TPM_NAME_MAX);
	EVP_PKEY_free(tpm_public_key(&public));
	explain_public(&public, 2, nowhere());
	return true;
}

static bool try_signature(const struct blob *blob, struct tool_error *error)
{
	struct tpm_signature signature;

	if (!tpm_signature_read(blob, &signature, error))
		return false;
	within(&signature.r, blob);
	within(&signature.s, blob);
	FUZZ_CHECK(tpm_scheme_name(signature.scheme) && signature.hash);
	return true;
}

static bool try_quote(const struct blob *blob, struct tool_error *error)
{
	struct tpm_quote quote;

	if (!tpm_quote_read(blob, &quote, error))
		return false;
	within(&quote.nonce, blob);
	within(&quote.digest, blob);
	FUZZ_CHECK(quote.bank_count && quote.bank_count <= TPM_HASHES);
	for (size_t i = 0; i < quote.bank_count; i++)
		FUZZ_CHECK(!(quote.banks[i].pcrs >> TPM_PCR_COUNT));
	explain_quote(&quote, nowhere());
	return true;
}

static bool try_log(const struct blob *blob, struct tool_error *error)
{
	return explain_event_log(blob, nowhere(), error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool (*const tries[])(const struct blob *blob, struct tool_error *error) = {
		try_public, try_signature, try_quote, try_log};
	struct fuzz_input input = {data, size};
	struct tool_error error;
	struct blob blob;
	uint8_t which;

	fuzz_take(&input, &which, sizeof(which));
	blob = (struct blob){fuzz_rest(&input), input.size};
	if (!tries[which % ARRAY_SIZE(tries)](&blob, &error))
		FUZZ_CHECK(error.has_offset && error.offset <= blob.size);
	free((void *)blob.bytes);
	return 0;
}
