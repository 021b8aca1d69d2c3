/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 over mbedtls, for the digests that tie a directly booted kernel to
 * the launch measurement. Nothing here allocates or fails.
 */
#ifndef NACRE_LIB_SHA256_H
#define NACRE_LIB_SHA256_H

#include "compiler.h"
#include "launch.h" /* SHA256_SIZE */

/* Opaque: lib/sha256.c checks that mbedtls's context fits. */
struct sha256_ctx {
	uint64_t opaque[14];
};

void sha256_init(struct sha256_ctx *ctx);
void sha256_update(struct sha256_ctx *ctx, const void *data, size_t size);

/* Writes the digest and clears @ctx. */
void sha256_finish(struct sha256_ctx *ctx, uint8_t out[SHA256_SIZE]);

/* The digest of one buffer. */
void sha256(const void *data, size_t size, uint8_t out[SHA256_SIZE]);

/* Compares two digests in constant time. */
bool sha256_equal(const uint8_t a[SHA256_SIZE], const uint8_t b[SHA256_SIZE]);

#endif
