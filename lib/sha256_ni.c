/* SPDX-License-Identifier: MIT */
/*
 * The block function of SHA-256 (FIPS 180-4, section 6.2.2) by the SHA
 * extensions. Compiled with vector registers (lib/mbedtls.mk); called between
 * fpu_begin() and fpu_end() by lib/sha256_block.c.
 */
#include <immintrin.h>

#include "lib/sha256_block.h"

#define WORDS 4U /* in a vector */

/* FIPS 180-4, section 4.2.2. */
static const uint32_t constants[64] ALIGNED(16) = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
	0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152,
	0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
	0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3,
	0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* As the instructions want the eight working variables: A in the highest lane. */
struct working {
	__m128i abef, cdgh;
};

/* The state's words stand as a, b, c, d and e, f, g, h from the lowest lane up. */
static struct working from_state(const uint32_t state[8])
{
	__m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
	__m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + WORDS)), 0x1b);

	return (struct working){
		_mm_alignr_epi8(badc, hgfe, 8), _mm_unpackhi_epi64(_mm_slli_si128(hgfe, 8), badc)};
}

/* Adds the working variables to the state. */
static void to_state(struct working w, uint32_t state[8])
{
	__m128i *low = (__m128i *)state, *high = (__m128i *)(state + WORDS);
	__m128i feba = _mm_shuffle_epi32(w.abef, 0x1b); /* A, B, E, F from the lowest lane up */
	__m128i hgdc = _mm_shuffle_epi32(w.cdgh, 0x1b); /* C, D, G, H */

	_mm_storeu_si128(low, _mm_add_epi32(_mm_loadu_si128(low), _mm_unpacklo_epi64(feba, hgdc)));
	_mm_storeu_si128(
		high, _mm_add_epi32(_mm_loadu_si128(high), _mm_unpackhi_epi64(feba, hgdc)));
}

/* Four rounds with the four words of the message schedule in @words. */
static struct working four_rounds(struct working w, __m128i words, unsigned int first)
{
	__m128i sum = _mm_add_epi32(words, _mm_load_si128((const __m128i *)&constants[first]));
	__m128i abef = _mm_sha256rnds2_epu32(w.cdgh, w.abef, sum);

	sum = _mm_shuffle_epi32(sum, 0x0e);
	return (struct working){_mm_sha256rnds2_epu32(w.abef, abef, sum), abef};
}

/* The next four words of the message schedule, from the last sixteen. */
static __m128i schedule(__m128i w0, __m128i w4, __m128i w8, __m128i w12)
{
	__m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w4), _mm_alignr_epi8(w12, w8, 4));

	return _mm_sha256msg2_epu32(sum, w12);
}

static __m128i load_big_endian(const uint8_t *bytes)
{
	const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes), order);
}

/* Unrolled, the words stay in registers: a third of the instructions. */
void sha256_block_extensions(uint32_t state[8], const uint8_t block[SHA256_BLOCK])
{
	struct working w = from_state(state);
	__m128i words[4];

#pragma GCC unroll 4
	for (unsigned int i = 0; i < 4; i++) {
		words[i] = load_big_endian(block + i * sizeof(__m128i));
		w = four_rounds(w, words[i], WORDS * i);
	}
#pragma GCC unroll 12
	for (unsigned int i = 4; i < 16; i++) {
		words[i % 4] = schedule(
			words[i % 4], words[(i + 1) % 4], words[(i + 2) % 4], words[(i + 3) % 4]);
		w = four_rounds(w, words[i % 4], WORDS * i);
	}
	to_state(w, state);
}
