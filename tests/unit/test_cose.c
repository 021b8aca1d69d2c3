/* SPDX-License-Identifier: MIT */
/*
 * COSE_Sign1, ECDSA and keys (tools/common): the examples of RFC 9052 and RFC
 * 6979, a message of ours verified by libcrypto over a Sig_structure written
 * by hand, every byte of it flipped, and files that are no keys.
 */
#include "tests/unit/unit_test.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <unistd.h>

#include "tests/unit/key_fixture.h"
#include "tools/common/cose.h"
#include "tools/common/text.h"

/* RFC 6979, A.2.5 and A.2.6: the message "sample". */
static const char p256_signature[] =
	"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
	"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
static const char p384_signature[] =
	"94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e"
	"80fabe46"
	"99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a"
	"38628ac8";

static void assert_signs(const char *curve, const char *secret, const char *expected)
{
	EVP_PKEY *key = fixture_key(curve, secret);
	uint8_t signature[ECDSA_SIZE_MAX];
	char text[2 * sizeof(signature) + 1];
	struct tool_error error;

	assert_true(ecdsa_sign(key, "sample", 6, signature, &error));
	hex_encode(signature, 2 * key_size(key), text);
	assert_string_equal(text, expected);
	assert_true(ecdsa_verify(key, "sample", 6, signature));
	assert_false(ecdsa_verify(key, "Sample", 6, signature));
	EVP_PKEY_free(key);
}

static void signatures_are_those_of_the_rfc(void **state)
{
	(void)state;
	assert_signs("P-256", FIXTURE_P256_SECRET, p256_signature);
	assert_signs("P-384", FIXTURE_P384_SECRET, p384_signature);
}

/* RFC 9052, C.2.1, with the key "11" of C.7.1; it has a kid in its unprotected header. */
static void message_of_the_rfc(void **state)
{
	static const char text[] =
		"d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c"
		"465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a2234"
		"44547e01f11d3b0916e5a4c345cacb36";
	EVP_PKEY *key = fixture_key(
		"P-256", "57c92077664146e876760c9520d054aa93c3afb04e306705db6090308507b4d3");
	uint8_t bytes[128];
	size_t size = sizeof(text) / 2;
	struct cose_message message;
	struct tool_error error;

	(void)state;
	assert_true(hex_decode(text, bytes, size));
	assert_true(cose_read(bytes, size, &message, &error));
	assert_int_equal(message.payload.size, 20);
	assert_memory_equal(message.payload.bytes, "This is the content.", 20);
	assert_true(cose_verify(key, &message, &error));
	cose_free(&message);
	EVP_PKEY_free(key);
}

static const struct blob payload = {(const uint8_t *)"payload", 7};

static struct buffer sign_payload(EVP_PKEY *key)
{
	struct buffer out = {0};
	cbor_item_t *headers = dcbor_map();
	struct tool_error error;

	dcbor_put_int(headers, COSE_HEADER_CONTENT_TYPE, dcbor_text("a/b"));
	assert_true(cose_sign1(key, headers, &payload, &out, &error));
	return out;
}

/* libcrypto's own signature form for r and s. */
static int der_signature(const uint8_t *r, const uint8_t *s, size_t size, uint8_t **der)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	int length;

	ECDSA_SIG_set0(pair, BN_bin2bn(r, (int)size, NULL), BN_bin2bn(s, (int)size, NULL));
	length = i2d_ECDSA_SIG(pair, der);
	ECDSA_SIG_free(pair);
	return length;
}

/* Everything is where RFC 9052 puts it, byte by byte. */
static void message_by_hand(void **state)
{
	static const uint8_t protected[] = {0xa2, 1, 0x38, 0x22, 3, 0x63, 'a', '/', 'b'};
	static const uint8_t head[] = {0xd2, 0x84, 0x49};
	static const uint8_t middle[] = {0xa0, 0x47, 'p', 'a', 'y', 'l', 'o', 'a', 'd', 0x58, 0x60};
	static const uint8_t signed_bytes[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r',
		'e', '1', 0x49, 0xa2, 1, 0x38, 0x22, 3, 0x63, 'a', '/', 'b', 0x40, 0x47, 'p', 'a',
		'y', 'l', 'o', 'a', 'd'};
	EVP_PKEY *key = fixture_key("P-384", FIXTURE_P384_SECRET);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct buffer out = sign_payload(key);
	const uint8_t *at = out.bytes;
	uint8_t *der = NULL;
	int length;

	(void)state;
	assert_int_equal(out.size, sizeof(head) + sizeof(protected) + sizeof(middle) + 2 * 48);
	assert_memory_equal(at, head, sizeof(head));
	at += sizeof(head);
	assert_memory_equal(at, protected, sizeof(protected));
	at += sizeof(protected);
	assert_memory_equal(at, middle, sizeof(middle));
	at += sizeof(middle);
	length = der_signature(at, at + 48, 48, &der);
	assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key), 1);
	assert_int_equal(
		EVP_DigestVerify(context, der, (size_t)length, signed_bytes, sizeof(signed_bytes)),
		1);
	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
	buffer_free(&out);
	EVP_PKEY_free(key);
}

static bool verifies(EVP_PKEY *key, const uint8_t *bytes, size_t size)
{
	struct cose_message message;
	struct tool_error error;
	bool good;

	if (!cose_read(bytes, size, &message, &error))
		return false;
	good = cose_verify(key, &message, &error);
	cose_free(&message);
	return good;
}

static void each_flip_and_cut_is_refused(void **state)
{
	static const char *const curves[] = {"P-256", "P-384"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		EVP_PKEY *key = fixture_key(curves[i], FIXTURE_P256_SECRET);
		struct buffer out = sign_payload(key), again = sign_payload(key);

		assert_int_equal(out.size, again.size);
		assert_memory_equal(out.bytes, again.bytes, out.size);
		assert_true(verifies(key, out.bytes, out.size));
		for (size_t at = 0; at < out.size; at++) {
			assert_false(verifies(key, out.bytes, at));
			out.bytes[at] ^= 1;
			assert_false(verifies(key, out.bytes, out.size));
			out.bytes[at] ^= 1;
		}
		buffer_free(&out);
		buffer_free(&again);
		EVP_PKEY_free(key);
	}
}

static void another_key_is_refused(void **state)
{
	EVP_PKEY *key = fixture_key("P-384", FIXTURE_P384_SECRET);
	EVP_PKEY *other = fixture_key("P-384", FIXTURE_P256_SECRET);
	EVP_PKEY *small = fixture_key("P-256", FIXTURE_P256_SECRET);
	struct buffer out = sign_payload(key);

	(void)state;
	assert_true(verifies(key, out.bytes, out.size));
	assert_false(verifies(other, out.bytes, out.size));
	assert_false(verifies(small, out.bytes, out.size));
	buffer_free(&out);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	EVP_PKEY_free(small);
}

static const struct {
	const char *bytes, *words;
} not_sign1[] = {
	{"00", "tag 18"},
	{"d38443a10126a04100414 0", "tag 18"},
	{"d28343a10126a04100", "array"},
	{"d28443a10126a0f64140", "array"},    /* detached */
	{"d28443a10126804100414 0", "array"}, /* unprotected header is no map */
	{"d28441f6a041004140", "map"},        /* protected header is no map */
	{"d28441ffa041004140", "simple"},     /* nor CBOR */
	{"d28446a201260281 01a041004140", "critical"},
};

static void what_is_no_sign1(void **state)
{
	struct cose_message message;
	struct tool_error error;
	uint8_t bytes[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(not_sign1); i++) {
		char text[128];
		size_t size = 0;

		for (const char *at = not_sign1[i].bytes; *at; at++)
			if (*at != ' ')
				text[size++] = *at;
		text[size] = '\0';
		assert_true(hex_decode(text, bytes, size / 2));
		assert_false(cose_read(bytes, size / 2, &message, &error));
		if (!strstr(error.text, not_sign1[i].words))
			fail_msg("%s: %s", text, error.text);
	}
}

static char key_path[] = "/tmp/nacre-key-test-XXXXXX";

static void write_text(const char *text)
{
	FILE *file = fopen(key_path, "wb");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void keys_in_files(void **state)
{
	EVP_PKEY *key = fixture_key("P-384", FIXTURE_P384_SECRET), *read;
	uint8_t x[KEY_SIZE_MAX], y[KEY_SIZE_MAX], secret[KEY_SIZE_MAX];
	struct tool_error error;
	char text[2 * KEY_SIZE_MAX + 1];
	FILE *file;

	(void)state;
	fixture_write_key(key, key_path);
	read = key_read_private(key_path, &error);
	assert_non_null(read);
	assert_int_equal(EVP_PKEY_eq(read, key), 1);
	assert_true(key_secret(read, secret, &error));
	hex_encode(secret, 48, text);
	assert_string_equal(text, FIXTURE_P384_SECRET);
	EVP_PKEY_free(read);
	assert_null(key_read_public(key_path, &error));
	file = fopen(key_path, "wb");
	assert_int_equal(PEM_write_PUBKEY(file, key), 1);
	assert_int_equal(fclose(file), 0);
	read = key_read_public(key_path, &error);
	assert_non_null(read);
	assert_true(key_point(read, x, y, &error));
	hex_encode(x, 48, text); /* RFC 6979, A.2.6 */
	assert_string_equal(text, "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
				  "def8f0ea9055866064a254515480bc13");
	assert_false(key_secret(read, secret, &error));
	EVP_PKEY_free(read);
	EVP_PKEY_free(key);
}

static void files_that_are_no_keys(void **state)
{
	EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
	struct tool_error error;

	(void)state;
	assert_null(key_read_private("/nonexistent", &error));
	assert_non_null(strstr(error.text, "cannot be opened"));
	write_text("no key\n");
	assert_null(key_read_private(key_path, &error));
	assert_non_null(strstr(error.text, "expected a private key"));
	assert_null(key_read_public(key_path, &error));
	assert_non_null(strstr(error.text, "expected a public key"));
	fixture_write_key(other, key_path);
	assert_null(key_read_private(key_path, &error));
	assert_non_null(strstr(error.text, "this key is another"));
	assert_int_equal(key_size(other), 0);
	EVP_PKEY_free(other);
}

static int make_file(void **state)
{
	int file = mkstemp(key_path);

	(void)state;
	return file < 0 ? -1 : close(file);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(key_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_are_those_of_the_rfc),
		cmocka_unit_test(message_of_the_rfc),
		cmocka_unit_test(message_by_hand),
		cmocka_unit_test(each_flip_and_cut_is_refused),
		cmocka_unit_test(another_key_is_refused),
		cmocka_unit_test(what_is_no_sign1),
		cmocka_unit_test(keys_in_files),
		cmocka_unit_test(files_that_are_no_keys),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
