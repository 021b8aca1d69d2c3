/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's generators; see services/vtpm/generator.h.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_METHOD */
#include <cpuid.h>
#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "lib/entropy.h"
#include "lib/hwrng.h"
#include "services/lib/serve.h"
#include "services/vtpm/generator.h"

#define STRENGTH 256U
#define ENTROPY_SIZE 64U
#define NONCE_SIZE 32U
/* 64-bit words of each source in 64 bytes of seed: twice the seed's size. */
#define WORDS_PER_BLOCK 16U
/* Requests between two seeds of libcrypto's; libtpms's wants are seeds themselves. */
#define REQUESTS_PER_SEED 4096U
/* The most that one request of a DRBG gives. */
#define REQUEST_MAX 16384U

struct generator {
	EVP_RAND_CTX *drbg;
	EVP_RAND_CTX *parent; /* hands the DRBG the entropy that was put into it */
	unsigned int requests, requests_per_seed;
	bool seeded, failed;
};

static struct generator for_libcrypto = {.requests_per_seed = REQUESTS_PER_SEED};
static struct generator for_libtpms = {.requests_per_seed = 1};

static struct entropy_source sources[] = {{.draw = hwrng_rdseed64}, {.draw = hwrng_rdrand64}};
static bool have_source[ARRAY_SIZE(sources)];

static void find_sources(void)
{
	unsigned int eax, ebx, ecx, edx;

	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
		have_source[0] = ebx & bit_RDSEED;
	if (__get_cpuid(1, &eax, &ebx, &ecx, &edx))
		have_source[1] = ecx & bit_RDRND;
}

static enum entropy_error absorb(struct entropy_source *source, EVP_MD_CTX *hash)
{
	uint64_t words[WORDS_PER_BLOCK];
	enum entropy_error error = ENTROPY_OK;

	for (size_t i = 0; i < WORDS_PER_BLOCK && error == ENTROPY_OK; i++)
		error = entropy_draw(source, &words[i]);
	if (error == ENTROPY_OK && !EVP_DigestUpdate(hash, words, sizeof(words)))
		error = ENTROPY_DRY;
	OPENSSL_cleanse(words, sizeof(words));
	return error;
}

/*
 * All sources of the processor's. One in full is enough, but an unhealthy one spoils
 * the seed, since the processor is then defective; one without any has the kernel's
 * seed alone.
 */
static bool absorb_processor(EVP_MD_CTX *hash)
{
	bool wanted = false, got = false;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		enum entropy_error error;

		if (!have_source[i])
			continue;
		wanted = true;
		error = absorb(&sources[i], hash);
		if (error == ENTROPY_UNHEALTHY)
			return false;
		got |= error == ENTROPY_OK;
	}
	return got || !wanted;
}

static bool absorb_kernel(EVP_MD_CTX *hash)
{
	uint8_t seed[SERVICE_SEED_MAX];
	bool done = service_seed(seed, sizeof(seed)) == 0 &&
		    EVP_DigestUpdate(hash, seed, sizeof(seed));

	OPENSSL_cleanse(seed, sizeof(seed));
	return done;
}

/*
 * The kernel's part is in the DRBG's state from the first seed on, and stays there. It is
 * asked for more only where there is nobody else.
 */
static bool wants_kernel(const struct generator *generator)
{
	return !generator->seeded || !(have_source[0] || have_source[1]);
}

/* 64 bytes, SHA-512 over all that there is. */
static bool gather_block(const struct generator *generator, uint8_t block[ENTROPY_SIZE])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	bool done = hash && EVP_DigestInit_ex(hash, EVP_sha512(), NULL) && absorb_processor(hash) &&
		    (!wants_kernel(generator) || absorb_kernel(hash)) &&
		    EVP_DigestFinal_ex(hash, block, NULL);

	EVP_MD_CTX_free(hash);
	return done;
}

/* @name is the parameter: entropy, or the nonce that only the first seeding takes. */
static bool put(EVP_RAND_CTX *parent, const char *name, uint8_t *bytes, size_t size)
{
	unsigned int strength = STRENGTH;
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
		OSSL_PARAM_construct_octet_string(name, bytes, size),
		OSSL_PARAM_construct_end(),
	};

	return EVP_RAND_instantiate(parent, STRENGTH, 0, NULL, 0, parameters);
}

/* Gathers anew @size bytes of what the next seeding of the DRBG takes under @name. */
static bool refill(struct generator *generator, const char *name, size_t size)
{
	uint8_t block[ENTROPY_SIZE];
	bool done = gather_block(generator, block) && put(generator->parent, name, block, size);

	OPENSSL_cleanse(block, sizeof(block));
	return done;
}

static EVP_RAND_CTX *new_context(const char *name, EVP_RAND_CTX *parent)
{
	EVP_RAND *rand = EVP_RAND_fetch(NULL, name, NULL);
	EVP_RAND_CTX *context = rand ? EVP_RAND_CTX_new(rand, parent) : NULL;

	EVP_RAND_free(rand);
	return context;
}

/* Seeds again when generate() says so, never by itself. */
static bool instantiate(EVP_RAND_CTX *drbg)
{
	char mac[] = "HMAC", digest[] = "SHA512";
	unsigned int never = 0;
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_MAC, mac, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_uint(OSSL_DRBG_PARAM_RESEED_REQUESTS, &never),
		OSSL_PARAM_construct_end(),
	};

	return EVP_RAND_instantiate(drbg, STRENGTH, 0, NULL, 0, parameters);
}

static bool start(struct generator *generator)
{
	generator->parent = new_context("TEST-RAND", NULL);
	generator->drbg = generator->parent ? new_context("HMAC-DRBG", generator->parent) : NULL;
	generator->seeded = generator->drbg &&
			    refill(generator, OSSL_RAND_PARAM_TEST_NONCE, NONCE_SIZE) &&
			    refill(generator, OSSL_RAND_PARAM_TEST_ENTROPY, ENTROPY_SIZE) &&
			    instantiate(generator->drbg);
	return generator->seeded;
}

static bool seed_if_due(struct generator *generator)
{
	if (++generator->requests < generator->requests_per_seed)
		return true;
	generator->requests = 0;
	return refill(generator, OSSL_RAND_PARAM_TEST_ENTROPY, ENTROPY_SIZE) &&
	       EVP_RAND_reseed(generator->drbg, 0, NULL, 0, NULL, 0);
}

static bool generate(struct generator *generator, uint8_t *out, size_t size)
{
	while (size > 0 && !generator->failed) {
		size_t part = size < REQUEST_MAX ? size : REQUEST_MAX;

		generator->failed = !seed_if_due(generator) ||
				    !EVP_RAND_generate(
					    generator->drbg, out, part, STRENGTH, 0, NULL, 0);
		out += part;
		size -= part;
	}
	return !generator->failed;
}

static int libcrypto_bytes(unsigned char *out, int size)
{
	return size >= 0 && generate(&for_libcrypto, out, (size_t)size);
}

static int libcrypto_status(void)
{
	return for_libcrypto.drbg && !for_libcrypto.failed;
}

int32_t _plat__GetEntropy(unsigned char *entropy, uint32_t amount)
{
	return generate(&for_libtpms, entropy, amount) ? (int32_t)amount : -1;
}

bool generator_sound(void)
{
	return !for_libcrypto.failed && !for_libtpms.failed;
}

bool generator_start(void)
{
	static const RAND_METHOD method = {.bytes = libcrypto_bytes,
		.pseudorand = libcrypto_bytes,
		.status = libcrypto_status};

	find_sources();
	if (start(&for_libcrypto) && start(&for_libtpms) && RAND_set_rand_method(&method))
		return true;
	fprintf(stderr, "vtpm: no sound entropy of the processor and the paravisor: no TPM\n");
	return false;
}
