/* SPDX-License-Identifier: MIT */
/*
 * SHA-512 (lib/sha512.c) against the vectors of FIPS 180-4's examples, in one
 * piece and in many.
 */
#include "tests/unit/unit_test.h"

#include "lib/sha512.h"

static void assert_digest(const uint8_t digest[SHA512_SIZE], const char *hex)
{
	char text[2 * SHA512_SIZE + 1];

	for (size_t i = 0; i < SHA512_SIZE; i++)
		snprintf(&text[2 * i], 3, "%02x", digest[i]);
	assert_string_equal(text, hex);
}

static const char long_message[] =
	"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
	"ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

static const struct {
	const char *message, *digest;
} vectors[] = {
	{"", "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
	{"abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
	{long_message, "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
		       "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
};

static void known_vectors(void **state)
{
	uint8_t digest[SHA512_SIZE];
	struct sha512_ctx ctx;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		sha512_init(&ctx);
		sha512_update(&ctx, vectors[i].message, strlen(vectors[i].message));
		sha512_finish(&ctx, digest);
		assert_digest(digest, vectors[i].digest);
	}
}

static void byte_by_byte(void **state)
{
	uint8_t digest[SHA512_SIZE];
	struct sha512_ctx ctx;

	(void)state;
	sha512_init(&ctx);
	for (const char *p = long_message; *p; p++)
		sha512_update(&ctx, p, 1);
	sha512_finish(&ctx, digest);
	assert_digest(digest, vectors[2].digest);
}

static void finish_leaves_nothing(void **state)
{
	const struct sha512_ctx cleared = {{0}};
	uint8_t digest[SHA512_SIZE];
	struct sha512_ctx ctx;

	(void)state;
	sha512_init(&ctx);
	sha512_update(&ctx, "secret", 6);
	sha512_finish(&ctx, digest);
	assert_memory_equal(&ctx, &cleared, sizeof(ctx));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(finish_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
