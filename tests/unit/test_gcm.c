/* SPDX-License-Identifier: MIT */
/*
 * AES-256-GCM (lib/gcm.c) against test cases 13 to 16 of the GCM specification
 * (McGrew and Viega), and that nothing of a message that does not fit its tag
 * is shown. The host needs AES instructions, as the paravisor does.
 */
#include "tests/unit/unit_test.h"

#include "fake_fpu.h"
#include "lib/gcm.h"

#define TEXT_MAX 64U

struct vector {
	const char *key, *iv, *associated, *plain, *sealed, *tag;
};

#define ZERO_KEY "0000000000000000000000000000000000000000000000000000000000000000"
#define KEY "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define PLAIN_60                                                           \
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" \
	"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define SEALED_60                                                          \
	"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" \
	"8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"

static const struct vector vectors[] = {
	{ZERO_KEY, "000000000000000000000000", "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
	{ZERO_KEY, "000000000000000000000000", "", "00000000000000000000000000000000",
		"cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
	{KEY, "cafebabefacedbaddecaf888", "", PLAIN_60 "1aafd255", SEALED_60 "898015ad",
		"b094dac5d93471bdec1a502270e3cc6c"},
	{KEY, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2", PLAIN_60,
		SEALED_60, "76fc6ece0f4e1768cddf8853bb2d551b"},
};

/* A vector as bytes. */
struct bytes {
	uint8_t key[GCM_KEY_SIZE], iv[GCM_IV_SIZE], associated[TEXT_MAX];
	uint8_t plain[TEXT_MAX], sealed[TEXT_MAX], tag[GCM_TAG_SIZE];
	size_t size;
	struct gcm_frame frame;
};

static size_t unhex(const char *hex, uint8_t *bytes)
{
	size_t size = strlen(hex) / 2;

	for (size_t i = 0; i < size; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &bytes[i]), 1);
	return size;
}

static void decode(const struct vector *vector, struct bytes *b)
{
	memset(b, 0, sizeof(*b));
	unhex(vector->key, b->key);
	unhex(vector->iv, b->iv);
	unhex(vector->sealed, b->sealed);
	unhex(vector->tag, b->tag);
	b->size = unhex(vector->plain, b->plain);
	b->frame = (struct gcm_frame){.key = b->key,
		.iv = b->iv,
		.associated = b->associated,
		.associated_size = unhex(vector->associated, b->associated)};
}

static void known_vectors(void **state)
{
	uint8_t text[TEXT_MAX], tag[GCM_TAG_SIZE];
	struct bytes b;

	(void)state;
	fake_fpu_begins = 0;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		decode(&vectors[i], &b);
		assert_true(gcm_seal(&b.frame, b.plain, text, b.size, tag));
		assert_memory_equal(text, b.sealed, b.size);
		assert_memory_equal(tag, b.tag, sizeof(tag));
		assert_true(gcm_open(&b.frame, b.sealed, text, b.size, b.tag));
		assert_memory_equal(text, b.plain, b.size);
	}
	assert_int_equal(fake_fpu_begins, 2 * ARRAY_SIZE(vectors));
	assert_int_equal(fake_fpu_depth, 0);
}

/* One bit of what is authenticated, in turn in each byte. */
static void assert_refused(const struct bytes *b)
{
	static const uint8_t zero[TEXT_MAX];
	uint8_t text[TEXT_MAX];

	memset(text, 0xa5, sizeof(text));
	assert_false(gcm_open(&b->frame, b->sealed, text, b->size, b->tag));
	assert_memory_equal(text, zero, b->size);
}

static void flip_each(struct bytes *b, uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		bytes[i] ^= 0x10;
		assert_refused(b);
		bytes[i] ^= 0x10;
	}
}

static void forgeries_are_refused(void **state)
{
	struct bytes b;

	(void)state;
	decode(&vectors[3], &b);
	flip_each(&b, b.sealed, b.size);
	flip_each(&b, b.tag, sizeof(b.tag));
	flip_each(&b, b.associated, b.frame.associated_size);
	flip_each(&b, b.iv, sizeof(b.iv));
	flip_each(&b, b.key, sizeof(b.key));
	b.size--;
	assert_refused(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors),
		cmocka_unit_test(forgeries_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
