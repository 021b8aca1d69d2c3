/* SPDX-License-Identifier: MIT */
/*
 * The random number generator with random sources that can be made to fail,
 * run dry, or give what no sound source gives.
 */
#include "tests/unit/unit_test.h"

#include "lib/hwrng.h"
#include "lib/random.h"

#define BOTH (RANDOM_HAVE_RDSEED | RANDOM_HAVE_RDRAND)
#define NEVER UINT64_MAX

/* A source gives distinct words, but for @dry draws at first and @bad at draw @bad_at. */
struct fake_source {
	uint64_t words, draws, dry;
	uint64_t bad_at, bad;
	uint64_t seed;
};

static struct fake_source rdseed, rdrand;

static bool draw(struct fake_source *source, uint64_t *word)
{
	if (source->draws++ < source->dry)
		return false;
	*word = source->words == source->bad_at
			? source->bad
			: (source->seed + source->words) * 0x9e3779b97f4a7c15 + 1;
	source->words++;
	return true;
}

bool hwrng_rdseed64(uint64_t *word)
{
	return draw(&rdseed, word);
}

bool hwrng_rdrand64(uint64_t *word)
{
	return draw(&rdrand, word);
}

static int setup(void **state)
{
	(void)state;
	rdseed = (struct fake_source){.bad_at = NEVER, .seed = 11};
	rdrand = (struct fake_source){.bad_at = NEVER, .seed = 1000};
	random_wipe();
	return 0;
}

static void assert_gives_nothing(enum random_error expected)
{
	const uint8_t zeros[40] = {0};
	uint8_t bytes[40];

	memset(bytes, 0xa5, sizeof(bytes));
	assert_int_equal(random_bytes(bytes, sizeof(bytes)), expected);
	assert_memory_equal(bytes, zeros, sizeof(bytes));
}

static void nothing_before_init(void **state)
{
	(void)state;
	assert_gives_nothing(RANDOM_NOT_SEEDED);
}

/* Draws @size bytes of a generator seeded from @sources. */
static void seeded_bytes(uint64_t sources, void *out, size_t size)
{
	assert_int_equal(random_init(sources), RANDOM_OK);
	assert_int_equal(random_bytes(out, size), RANDOM_OK);
}

static void each_source_counts(void **state)
{
	uint8_t first[32], other_seed[32], other_rand[32], again[32];

	seeded_bytes(BOTH, first, sizeof(first));
	setup(state);
	seeded_bytes(BOTH, again, sizeof(again));
	assert_memory_equal(first, again, sizeof(first)); /* deterministic in its sources */
	setup(state);
	rdseed.seed++;
	seeded_bytes(BOTH, other_seed, sizeof(other_seed));
	assert_memory_not_equal(first, other_seed, sizeof(first));
	setup(state);
	rdrand.seed++;
	seeded_bytes(BOTH, other_rand, sizeof(other_rand));
	assert_memory_not_equal(first, other_rand, sizeof(first));
}

static void output_does_not_repeat(void **state)
{
	uint8_t a[5000], b[5000];

	(void)state;
	seeded_bytes(BOTH, a, sizeof(a)); /* several requests' worth */
	assert_int_equal(random_bytes(b, sizeof(b)), RANDOM_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	for (size_t i = 0; i + 64 <= sizeof(a); i += 32)
		assert_memory_not_equal(&a[i], &a[i + 32], 32);
}

/* What HMAC_DRBG (SP 800-90A, 10.1.2) gives for these sources, computed apart from mbedtls. */
static void known_answer(void **state)
{
	static const uint8_t expected[40] = {
		0xd6,
		0xb8,
		0xd4,
		0x4b,
		0xc9,
		0x41,
		0x7f,
		0x54,
		0x51,
		0xe9,
		0xcb,
		0xc4,
		0xbf,
		0x5f,
		0x37,
		0xe7,
		0x48,
		0x97,
		0xbc,
		0x00,
		0x0a,
		0x8f,
		0xa2,
		0xe9,
		0xc5,
		0x38,
		0x48,
		0x5a,
		0xbc,
		0x63,
		0x26,
		0x9f,
		0x9f,
		0xfc,
		0xca,
		0x09,
		0x3b,
		0x82,
		0xdf,
		0xec,
	};
	uint8_t bytes[sizeof(expected)];

	(void)state;
	seeded_bytes(BOTH, bytes, sizeof(bytes));
	assert_memory_equal(bytes, expected, sizeof(bytes));
}

static void only_offered_sources_run(void **state)
{
	uint8_t bytes[8];

	(void)state;
	seeded_bytes(RANDOM_HAVE_RDRAND, bytes, sizeof(bytes));
	assert_int_equal(rdseed.draws, 0);
	setup(state);
	seeded_bytes(RANDOM_HAVE_RDSEED, bytes, sizeof(bytes));
	assert_int_equal(rdrand.draws, 0);
}

static void no_source(void **state)
{
	(void)state;
	assert_int_equal(random_init(0), RANDOM_NO_SOURCE);
	assert_gives_nothing(RANDOM_NOT_SEEDED);
}

static void a_dry_source_is_retried(void **state)
{
	uint8_t bytes[8];

	(void)state;
	rdseed.dry = 100;
	seeded_bytes(RANDOM_HAVE_RDSEED, bytes, sizeof(bytes));
	assert_true(rdseed.draws > 100);
}

static void a_dry_source_falls_back(void **state)
{
	uint8_t bytes[8];

	(void)state;
	rdseed.dry = NEVER;
	seeded_bytes(BOTH, bytes, sizeof(bytes));
	setup(state);
	rdrand.dry = NEVER;
	seeded_bytes(BOTH, bytes, sizeof(bytes));
}

static void dry_sources_fail_in_bounded_time(void **state)
{
	(void)state;
	rdseed.dry = rdrand.dry = NEVER;
	assert_int_equal(random_init(BOTH), RANDOM_NO_SOURCE);
	assert_true(rdseed.draws < 10000);
	assert_gives_nothing(RANDOM_NOT_SEEDED);
}

static void unhealthy_words_are_noticed(void **state)
{
	const uint64_t bad[] = {0, UINT64_MAX};

	for (uint64_t at = 0; at < 12; at++) {
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			setup(state);
			rdrand.bad_at = at;
			rdrand.bad = bad[i];
			assert_int_equal(random_init(BOTH), RANDOM_UNHEALTHY);
			assert_gives_nothing(RANDOM_NOT_SEEDED);
		}
	}
}

static void a_repeated_word_is_noticed(void **state)
{
	uint64_t word;

	setup(state);
	for (unsigned int i = 0; i < 5; i++)
		assert_true(hwrng_rdseed64(&word));
	setup(state);
	rdseed.bad_at = 5; /* the word before it once more */
	rdseed.bad = word;
	assert_int_equal(random_init(BOTH), RANDOM_UNHEALTHY);
}

static void reseeds_and_notices_failure(void **state)
{
	uint64_t words, bytes;

	(void)state;
	seeded_bytes(RANDOM_HAVE_RDRAND, &bytes, sizeof(bytes));
	words = rdrand.words;
	for (unsigned int i = 0; i < 10001; i++)
		assert_int_equal(random_bytes(&bytes, sizeof(bytes)), RANDOM_OK);
	assert_true(rdrand.words > words);

	rdrand.bad_at = rdrand.words; /* the next reseed meets it */
	for (unsigned int i = 0; i < 10001; i++) {
		if (random_bytes(&bytes, sizeof(bytes)) != RANDOM_OK)
			break;
		assert_int_equal(rdrand.words, rdrand.bad_at);
	}
	assert_int_equal(rdrand.words, rdrand.bad_at + 1);
	assert_int_equal(bytes, 0);
}

static void wiped(void **state)
{
	uint8_t bytes[8];

	(void)state;
	seeded_bytes(BOTH, bytes, sizeof(bytes));
	random_wipe();
	assert_gives_nothing(RANDOM_NOT_SEEDED);
	seeded_bytes(BOTH, bytes, sizeof(bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_before_init, setup),
		cmocka_unit_test_setup(each_source_counts, setup),
		cmocka_unit_test_setup(output_does_not_repeat, setup),
		cmocka_unit_test_setup(known_answer, setup),
		cmocka_unit_test_setup(only_offered_sources_run, setup),
		cmocka_unit_test_setup(no_source, setup),
		cmocka_unit_test_setup(a_dry_source_is_retried, setup),
		cmocka_unit_test_setup(a_dry_source_falls_back, setup),
		cmocka_unit_test_setup(dry_sources_fail_in_bounded_time, setup),
		cmocka_unit_test_setup(unhealthy_words_are_noticed, setup),
		cmocka_unit_test_setup(a_repeated_word_is_noticed, setup),
		cmocka_unit_test_setup(reseeds_and_notices_failure, setup),
		cmocka_unit_test_setup(wiped, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
