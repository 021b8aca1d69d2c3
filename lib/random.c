/* SPDX-License-Identifier: MIT */
/*
 * The paravisor's random number generator (lib/random.h): entropy from RDSEED
 * and RDRAND, checked and condensed by SHA-256, seeds an HMAC_DRBG, which asks
 * for more by itself every 10000 requests.
 */
#include <string.h>

#include <mbedtls/hmac_drbg.h>
#include <mbedtls/platform_util.h>

#include "lib/entropy.h"
#include "lib/fpu.h"
#include "lib/hwrng.h"
#include "lib/random.h"
#include "lib/sha256.h"

/* 64-bit words of each source per 32 bytes of seed: twice the seed's size. */
#define WORDS_PER_BLOCK 8U

struct source {
	uint64_t flag; /* RANDOM_HAVE_* */
	struct entropy_source words;
};

static struct source sources[] = {
	{.flag = RANDOM_HAVE_RDSEED, .words.draw = hwrng_rdseed64},
	{.flag = RANDOM_HAVE_RDRAND, .words.draw = hwrng_rdrand64},
};

static mbedtls_hmac_drbg_context drbg;
static uint64_t usable_sources;
static enum random_error seed_error;
static bool seeded;
static bool busy; /* held while the generator is in use */

static void lock(void)
{
	while (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE))
		__builtin_ia32_pause();
}

static void unlock(void)
{
	__atomic_clear(&busy, __ATOMIC_RELEASE);
}

/* Adds WORDS_PER_BLOCK words; a source that runs dry contributes what it gave. */
static enum random_error absorb(struct source *source, struct sha256_ctx *hash)
{
	enum entropy_error error = ENTROPY_OK;
	uint64_t word = 0;

	for (unsigned int i = 0; i < WORDS_PER_BLOCK && error == ENTROPY_OK; i++) {
		error = entropy_draw(&source->words, &word);
		if (error == ENTROPY_OK)
			sha256_update(hash, &word, sizeof(word));
	}
	mbedtls_platform_zeroize(&word, sizeof(word));
	if (error == ENTROPY_OK)
		return RANDOM_OK;
	return error == ENTROPY_DRY ? RANDOM_NO_SOURCE : RANDOM_UNHEALTHY;
}

/*
 * One block from all usable sources; one source in full is enough, but an
 * unhealthy one spoils the seed, since the processor is then defective.
 */
static enum random_error gather_block(uint8_t block[SHA256_SIZE])
{
	enum random_error result = RANDOM_NO_SOURCE;
	struct sha256_ctx hash;

	sha256_init(&hash);
	for (size_t i = 0; i < ARRAY_SIZE(sources) && result != RANDOM_UNHEALTHY; i++) {
		enum random_error error;

		if (!(usable_sources & sources[i].flag))
			continue;
		error = absorb(&sources[i], &hash);
		if (error != RANDOM_NO_SOURCE)
			result = error;
	}
	sha256_finish(&hash, block);
	return result;
}

/* The generator's entropy callback; the cause of a failure stays in seed_error. */
static int gather(void *unused, unsigned char *out, size_t size)
{
	uint8_t block[SHA256_SIZE];

	(void)unused;
	seed_error = RANDOM_OK;
	while (size > 0 && seed_error == RANDOM_OK) {
		size_t part = size < sizeof(block) ? size : sizeof(block);

		seed_error = gather_block(block);
		memcpy(out, block, part);
		out += part;
		size -= part;
	}
	mbedtls_platform_zeroize(block, sizeof(block));
	return seed_error == RANDOM_OK ? 0 : -1;
}

static bool seed(void)
{
	const mbedtls_md_info_t *sha256_info = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
	int result;

	fpu_begin();
	result = mbedtls_hmac_drbg_seed(&drbg, sha256_info, gather, NULL, NULL, 0);
	fpu_end();
	return result == 0;
}

enum random_error random_init(uint64_t have)
{
	random_wipe();
	usable_sources = have;
	seed_error = RANDOM_FAILED;
	if (!seed()) {
		random_wipe();
		return seed_error == RANDOM_OK ? RANDOM_FAILED : seed_error;
	}
	seeded = true;
	return RANDOM_OK;
}

static enum random_error generate(uint8_t *out, size_t size)
{
	while (size > 0) {
		size_t part = size < MBEDTLS_HMAC_DRBG_MAX_REQUEST ? size
								   : MBEDTLS_HMAC_DRBG_MAX_REQUEST;

		if (mbedtls_hmac_drbg_random(&drbg, out, part) != 0)
			return RANDOM_FAILED;
		out += part;
		size -= part;
	}
	return RANDOM_OK;
}

enum random_error random_bytes(void *out, size_t size)
{
	enum random_error error;

	lock();
	fpu_begin();
	error = seeded ? generate(out, size) : RANDOM_NOT_SEEDED;
	fpu_end();
	unlock();
	if (error != RANDOM_OK)
		memset(out, 0, size);
	return error;
}

void random_wipe(void)
{
	seeded = false;
	mbedtls_hmac_drbg_free(&drbg);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		sources[i].words.last = 0;
}
