/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (lib/sha256.h) over mbedtls. Its software implementation fails only
 * on arguments that are constant here, so a failure is a broken build and
 * traps.
 */
#include <string.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

#include "lib/fpu.h"
#include "lib/sha256.h"

static_assert(sizeof(mbedtls_sha256_context) <= sizeof(struct sha256_ctx), "context fits");
static_assert(_Alignof(mbedtls_sha256_context) <= _Alignof(struct sha256_ctx), "and is aligned");

static mbedtls_sha256_context *inner(struct sha256_ctx *ctx)
{
	return (mbedtls_sha256_context *)ctx->opaque;
}

static void must_succeed(int result)
{
	if (result != 0)
		__builtin_trap();
}

void sha256_init(struct sha256_ctx *ctx)
{
	mbedtls_sha256_init(inner(ctx));
	must_succeed(mbedtls_sha256_starts(inner(ctx), 0));
}

void sha256_update(struct sha256_ctx *ctx, const void *data, size_t size)
{
	fpu_begin();
	must_succeed(mbedtls_sha256_update(inner(ctx), data, size));
	fpu_end();
}

void sha256_finish(struct sha256_ctx *ctx, uint8_t out[SHA256_SIZE])
{
	fpu_begin();
	must_succeed(mbedtls_sha256_finish(inner(ctx), out));
	fpu_end();
	mbedtls_platform_zeroize(ctx, sizeof(*ctx));
}

void sha256(const void *data, size_t size, uint8_t out[SHA256_SIZE])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, data, size);
	sha256_finish(&ctx, out);
}

bool sha256_equal(const uint8_t a[SHA256_SIZE], const uint8_t b[SHA256_SIZE])
{
	uint8_t difference = 0;

	for (size_t i = 0; i < SHA256_SIZE; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}
