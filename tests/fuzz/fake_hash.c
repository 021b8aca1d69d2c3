/* SPDX-License-Identifier: MIT */
/*
 * Digests for targets whose subject is not the hash: the sum of all bytes is as good,
 * and much faster.
 */
#include <string.h>

#include "lib/sha256.h"
#include "lib/sha512.h"

void sha512_init(struct sha512_ctx *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
}

void sha512_update(struct sha512_ctx *ctx, const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		ctx->opaque[0] += ((const uint8_t *)data)[i];
}

void sha512_finish(struct sha512_ctx *ctx, uint8_t out[SHA512_SIZE])
{
	memset(out, (int)ctx->opaque[0], SHA512_SIZE);
}

void sha256_init(struct sha256_ctx *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
}

void sha256_update(struct sha256_ctx *ctx, const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		ctx->opaque[0] += ((const uint8_t *)data)[i];
}

void sha256_finish(struct sha256_ctx *ctx, uint8_t out[SHA256_SIZE])
{
	memset(out, (int)ctx->opaque[0], SHA256_SIZE);
}

bool sha256_equal(const uint8_t a[SHA256_SIZE], const uint8_t b[SHA256_SIZE])
{
	return !memcmp(a, b, SHA256_SIZE);
}
