/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (lib/sha256.c) against the vectors of FIPS 180-4's examples, in one
 * piece and in many.
 */
#include "tests/unit/unit_test.h"

#include "lib/sha256.h"

#define MILLION 1000000U

static void assert_digest(const uint8_t digest[SHA256_SIZE], const char *hex)
{
	char text[2 * SHA256_SIZE + 1];

	for (size_t i = 0; i < SHA256_SIZE; i++)
		snprintf(&text[2 * i], 3, "%02x", digest[i]);
	assert_string_equal(text, hex);
}

static void known_vectors(void **state)
{
	static const struct {
		const char *message, *digest;
	} vectors[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	uint8_t digest[SHA256_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		sha256(vectors[i].message, strlen(vectors[i].message), digest);
		assert_digest(digest, vectors[i].digest);
	}
}

/* A million times "a", in pieces of every size from 1 to 199 bytes. */
static void pieces(void **state)
{
	uint8_t digest[SHA256_SIZE], piece[200];
	struct sha256_ctx ctx;
	size_t left = MILLION;

	(void)state;
	memset(piece, 'a', sizeof(piece));
	sha256_init(&ctx);
	for (size_t size = 1; left > 0; size = size % 199 + 1) {
		size_t part = size < left ? size : left;

		sha256_update(&ctx, piece, part);
		left -= part;
	}
	sha256_finish(&ctx, digest);
	assert_digest(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void finish_leaves_nothing(void **state)
{
	const struct sha256_ctx cleared = {{0}};
	uint8_t digest[SHA256_SIZE];
	struct sha256_ctx ctx;

	(void)state;
	sha256_init(&ctx);
	sha256_update(&ctx, "secret", 6);
	sha256_finish(&ctx, digest);
	assert_memory_equal(&ctx, &cleared, sizeof(ctx));
}

static void equality(void **state)
{
	uint8_t a[SHA256_SIZE] = {1, 2, 3}, b[SHA256_SIZE] = {1, 2, 3};

	(void)state;
	assert_true(sha256_equal(a, b));
	for (size_t i = 0; i < SHA256_SIZE; i++) {
		b[i] ^= 0x80;
		assert_false(sha256_equal(a, b));
		b[i] ^= 0x80;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors),
		cmocka_unit_test(pieces),
		cmocka_unit_test(finish_leaves_nothing),
		cmocka_unit_test(equality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
