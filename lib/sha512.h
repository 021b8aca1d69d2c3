/* SPDX-License-Identifier: MIT */
/*
 * SHA-512 over mbedtls, for the data of attestation reports. Nothing here
 * allocates or fails, and no vector register is used.
 */
#ifndef NACRE_LIB_SHA512_H
#define NACRE_LIB_SHA512_H

#include "compiler.h"

#define SHA512_SIZE 64U

/* Opaque: lib/sha512.c checks that mbedtls's context fits. */
struct sha512_ctx {
	uint64_t opaque[28];
};

void sha512_init(struct sha512_ctx *ctx);
void sha512_update(struct sha512_ctx *ctx, const void *data, size_t size);

/* Writes the digest and clears @ctx. */
void sha512_finish(struct sha512_ctx *ctx, uint8_t out[SHA512_SIZE]);

#endif
