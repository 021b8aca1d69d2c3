/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (lib/sha256.c) against the vectors of FIPS 180-4's examples, in one
 * piece and in many, by portable code and by the SHA extensions; what one of
 * them gives the other gives too.
 */
#include "tests/unit/unit_test.h"

#include <cpuid.h>

#include "fake_fpu.h"
#include "lib/sha256.h"
#include "lib/sha256_block.h"

#define LEAF_7_EBX_SHA (1U << 29)

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

static void digest_by(bool extensions, const uint8_t *data, size_t size, uint8_t *digest)
{
	sha256_use_extensions(extensions);
	sha256(data, size, digest);
}

/* Messages that nobody wrote down, of every length up to some blocks. */
static void both_forms_agree(void **state)
{
	uint8_t portable[SHA256_SIZE], extensions[SHA256_SIZE], message[300];
	uint32_t word = 1;

	(void)state;
	for (size_t size = 0; size < sizeof(message); size++) {
		word = word * 1664525 + 1013904223;
		message[size] = (uint8_t)(word >> 24);
		digest_by(false, message, size, portable);
		digest_by(true, message, size, extensions);
		assert_memory_equal(portable, extensions, SHA256_SIZE);
	}
}

static void vector_use_is_declared(void **state)
{
	uint8_t digest[SHA256_SIZE];

	(void)state;
	fake_fpu_begins = 0;
	sha256("", 0, digest);
	assert_true(fake_fpu_begins > 0);
	assert_int_equal(fake_fpu_depth, 0);
}

static int use_portable(void **state)
{
	(void)state;
	sha256_use_extensions(false);
	return 0;
}

static int use_extensions(void **state)
{
	(void)state;
	sha256_use_extensions(true);
	return 0;
}

static bool processor_has_them(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & LEAF_7_EBX_SHA);
}

int main(void)
{
	const struct CMUnitTest portable[] = {
		cmocka_unit_test_setup(known_vectors, use_portable),
		cmocka_unit_test_setup(pieces, use_portable),
		cmocka_unit_test(finish_leaves_nothing),
		cmocka_unit_test(equality),
		cmocka_unit_test(vector_use_is_declared),
	};
	const struct CMUnitTest extensions[] = {
		cmocka_unit_test_setup(known_vectors, use_extensions),
		cmocka_unit_test_setup(pieces, use_extensions),
		cmocka_unit_test(both_forms_agree),
	};
	int failed = cmocka_run_group_tests_name("portable", portable, NULL, NULL);

	/* The machine's processor always has them: every boot of tests/ runs that form. */
	if (!processor_has_them()) {
		puts("this host has no SHA extensions: only portable code was tested");
		return failed;
	}
	return failed + cmocka_run_group_tests_name("extensions", extensions, NULL, NULL);
}
