/* SPDX-License-Identifier: MIT */
/*
 * The TPM's structures as hostile bytes: what is read of good ones, what is
 * refused of damaged ones, names, signatures.
 */
#include "tests/unit/unit_test.h"

#include <openssl/evp.h>

#include "tests/unit/tpm_fixture.h"
#include "tools/verify/tpm_quote.h"
#include "tools/verify/tpm_signature.h"

/* A copy of exactly that size, for ASan's sake. To be freed. */
static struct blob copy_of(const struct buffer *buffer, size_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);

	assert_non_null(bytes);
	memcpy(bytes, buffer->bytes, size);
	return (struct blob){bytes, size};
}

static void make_public(struct buffer *out, enum tpm_fixture_key key)
{
	const bool ek = key <= TPM_KEY_EK_P384;

	tpm_put_public(out, key, ek ? TPM_EK_ATTRIBUTES : TPM_AK_ATTRIBUTES,
		ek                      ? TPM_ALG_NULL
		: key == TPM_KEY_AK_RSA ? TPM_ALG_RSASSA
					: TPM_ALG_ECDSA);
}

static void public_areas_are_read(void **state)
{
	static const char *const kinds[] = {"RSA, 2048 bits", "ECC on P-256", "ECC on P-384",
		"ECC on P-256", "ECC on P-384", "RSA, 2048 bits"};

	(void)state;
	for (enum tpm_fixture_key key = 0; key <= TPM_KEY_AK_RSA; key++) {
		struct buffer bytes = {0}, sized = {0};
		struct tpm_public public, again;
		struct tool_error error;
		EVP_PKEY *pkey;

		make_public(&bytes, key);
		tpm_put_sized(&sized, bytes.bytes, bytes.size);
		assert_true(
			tpm_public_read(&(struct blob){bytes.bytes, bytes.size}, &public, &error));
		assert_true(
			tpm_public_read(&(struct blob){sized.bytes, sized.size}, &again, &error));
		assert_int_equal(again.bytes.size, bytes.size);
		assert_string_equal(tpm_public_kind(&public), kinds[key]);
		assert_int_equal(tpm_public_is_ek(&public, &error), key <= TPM_KEY_EK_P384);
		assert_int_equal(tpm_public_is_ak(&public, &error), key > TPM_KEY_EK_P384);
		pkey = tpm_public_key(&public);
		assert_int_equal(EVP_PKEY_eq(pkey, tpm_fixture_key(key)), 1);
		EVP_PKEY_free(pkey);
		buffer_free(&bytes);
		buffer_free(&sized);
	}
}

static void names(void **state)
{
	struct buffer bytes = {0};
	struct tpm_public public;
	struct tool_error error;
	struct tpm_name name;
	uint8_t digest[32];

	(void)state;
	make_public(&bytes, TPM_KEY_AK_P256);
	assert_true(tpm_public_read(&(struct blob){bytes.bytes, bytes.size}, &public, &error));
	tpm_public_name(&public, &name);
	assert_int_equal(EVP_Digest(bytes.bytes, bytes.size, digest, NULL, EVP_sha256(), NULL), 1);
	assert_int_equal(name.size, 34);
	assert_memory_equal(name.bytes, "\x00\x0b", 2);
	assert_memory_equal(name.bytes + 2, digest, 32);
	buffer_free(&bytes);
}

static void cut_public_areas_are_refused(void **state)
{
	(void)state;
	for (enum tpm_fixture_key key = 0; key <= TPM_KEY_AK_RSA; key++) {
		struct buffer bytes = {0};

		make_public(&bytes, key);
		for (size_t size = 0; size < bytes.size; size++) {
			struct blob blob = copy_of(&bytes, size);
			struct tpm_public public;
			struct tool_error error;

			assert_false(tpm_public_read(&blob, &public, &error));
			assert_true(error.has_offset && error.offset <= size);
			free((void *)blob.bytes);
		}
		buffer_append_zeros(&bytes, 1);
		assert_false(tpm_public_read(&(struct blob){bytes.bytes, bytes.size},
			&(struct tpm_public){0}, &(struct tool_error){0}));
		buffer_free(&bytes);
	}
}

/* Offsets in the area of TPM_KEY_AK_P256: type, name, attributes, scheme, curve, size of x. */
static void strange_public_areas_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *says;
	} cases[] = {{1, 0x08, "type 0x0008"}, {3, TPM_ALG_SHA1, "name algorithm 0x0004"},
		{4, 0x80, "reserved bits"}, {13, 0x99, "unknown scheme"},
		{17, 0x05, "curve 0x0005"}, {21, 0x1f, "coordinates"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buffer bytes = {0};
		struct tpm_public public;
		struct tool_error error;

		make_public(&bytes, TPM_KEY_AK_P256);
		bytes.bytes[cases[i].at] = cases[i].value;
		assert_false(
			tpm_public_read(&(struct blob){bytes.bytes, bytes.size}, &public, &error));
		if (!strstr(error.text, cases[i].says) && !strstr(error.text, "cut off"))
			fail_msg("case %zu: %s", i, error.text);
		buffer_free(&bytes);
	}
}

/* The numbers of a point that is not on the curve make no key. */
static void points_beside_the_curve(void **state)
{
	struct buffer bytes = {0};
	struct tpm_public public;
	struct tool_error error;

	(void)state;
	make_public(&bytes, TPM_KEY_AK_P256);
	bytes.bytes[bytes.size - 1] ^= 1;
	assert_true(tpm_public_read(&(struct blob){bytes.bytes, bytes.size}, &public, &error));
	assert_null(tpm_public_key(&public));
	buffer_free(&bytes);
}

static const struct {
	enum tpm_fixture_key key;
	uint16_t scheme;
} signers[] = {{TPM_KEY_AK_P256, TPM_ALG_ECDSA}, {TPM_KEY_AK_P384, TPM_ALG_ECDSA},
	{TPM_KEY_AK_RSA, TPM_ALG_RSASSA}, {TPM_KEY_AK_RSA, TPM_ALG_RSAPSS}};

static bool is_signed(
	const struct blob *blob, const struct tpm_public *public, const struct buffer *message)
{
	const struct blob message_blob = {message->bytes, message->size};
	struct tpm_signature signature;
	struct tool_error error;

	return tpm_signature_read(blob, &signature, &error) &&
	       tpm_signature_verify(&signature, public, &message_blob, &error);
}

static void every_byte_of_a_signature_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signers); i++) {
		struct buffer bytes = {0}, signature = {0}, message = {0};
		struct tpm_public public;
		struct tool_error error;

		tpm_put_public(&bytes, signers[i].key, TPM_AK_ATTRIBUTES, TPM_ALG_NULL);
		buffer_append(&message, "what is signed", 14);
		tpm_put_signature(&signature, signers[i].key, signers[i].scheme, &message);
		assert_true(
			tpm_public_read(&(struct blob){bytes.bytes, bytes.size}, &public, &error));
		assert_true(is_signed(
			&(struct blob){signature.bytes, signature.size}, &public, &message));
		for (size_t k = 0; k < signature.size; k++) {
			signature.bytes[k] ^= 0x10;
			assert_false(is_signed(&(struct blob){signature.bytes, signature.size},
				&public, &message));
			signature.bytes[k] ^= 0x10;
		}
		for (size_t size = 0; size < signature.size; size++) {
			struct blob blob = copy_of(&signature, size);

			assert_false(is_signed(&blob, &public, &message));
			free((void *)blob.bytes);
		}
		buffer_free(&bytes);
		buffer_free(&signature);
		buffer_free(&message);
	}
}

/* A key that is fixed to a scheme and hash made nothing by another. */
static void schemes_of_keys(void **state)
{
	struct buffer bytes = {0}, signature = {0}, message = {0};
	struct tpm_public public;
	struct tool_error error;

	(void)state;
	tpm_put_public(&bytes, TPM_KEY_AK_RSA, TPM_AK_ATTRIBUTES, TPM_ALG_RSASSA);
	buffer_append(&message, "what is signed", 14);
	tpm_put_signature(&signature, TPM_KEY_AK_RSA, TPM_ALG_RSAPSS, &message);
	assert_true(tpm_public_read(&(struct blob){bytes.bytes, bytes.size}, &public, &error));
	assert_false(is_signed(&(struct blob){signature.bytes, signature.size}, &public, &message));
	public.scheme = TPM_ALG_RSAPSS;
	assert_true(is_signed(&(struct blob){signature.bytes, signature.size}, &public, &message));
	public.scheme_hash = TPM_ALG_SHA384;
	assert_false(is_signed(&(struct blob){signature.bytes, signature.size}, &public, &message));
	buffer_free(&bytes);
	buffer_free(&signature);
	buffer_free(&message);
}

static void make_quote(struct buffer *out)
{
	static const uint8_t digest[32] = {0xd1};
	const struct tpm_fixture_quote facts = {.magic = TPM_GENERATED_VALUE,
		.type = TPM_ST_ATTEST_QUOTE,
		.nonce = {(const uint8_t *)"nonce", 5},
		.bank = TPM_ALG_SHA384,
		.selected = {0x05, 0, 0x80},
		.digest = {digest, sizeof(digest)}};

	tpm_put_quote(out, &facts);
}

static void quotes_are_read(void **state)
{
	struct buffer bytes = {0};
	struct tpm_quote quote;
	struct tool_error error;

	(void)state;
	make_quote(&bytes);
	assert_true(tpm_quote_read(&(struct blob){bytes.bytes, bytes.size}, &quote, &error));
	assert_int_equal(quote.nonce.size, 5);
	assert_memory_equal(quote.nonce.bytes, "nonce", 5);
	assert_int_equal(quote.clock, 12345);
	assert_int_equal(quote.reset_count, 2);
	assert_int_equal(quote.restart_count, 1);
	assert_true(quote.safe);
	assert_int_equal(quote.bank_count, 1);
	assert_int_equal(quote.banks[0].pcrs, 0x800005);
	assert_true(tpm_quote_has(&quote, tpm_hash_of_name("sha384"), 23));
	assert_false(tpm_quote_has(&quote, tpm_hash_of_name("sha384"), 1));
	assert_false(tpm_quote_has(&quote, tpm_hash_of_name("sha256"), 0));
	assert_int_equal(quote.digest.size, 32);
	buffer_free(&bytes);
}

static void cut_quotes_are_refused(void **state)
{
	struct buffer bytes = {0};
	struct tpm_quote quote;
	struct tool_error error;

	(void)state;
	make_quote(&bytes);
	for (size_t size = 0; size < bytes.size; size++) {
		struct blob blob = copy_of(&bytes, size);

		assert_false(tpm_quote_read(&blob, &quote, &error));
		assert_true(error.has_offset && error.offset <= size);
		free((void *)blob.bytes);
	}
	buffer_append_zeros(&bytes, 1);
	assert_false(tpm_quote_read(&(struct blob){bytes.bytes, bytes.size}, &quote, &error));
	buffer_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_areas_are_read),
		cmocka_unit_test(names),
		cmocka_unit_test(cut_public_areas_are_refused),
		cmocka_unit_test(strange_public_areas_are_refused),
		cmocka_unit_test(points_beside_the_curve),
		cmocka_unit_test(every_byte_of_a_signature_counts),
		cmocka_unit_test(schemes_of_keys),
		cmocka_unit_test(quotes_are_read),
		cmocka_unit_test(cut_quotes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, tpm_fixture_teardown);
}
