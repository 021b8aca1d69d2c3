/* SPDX-License-Identifier: MIT */
/*
 * SHA-512 (lib/sha512.h) over mbedtls, whose implementation fails only on
 * arguments that are constant here, so that a failure is a broken build and
 * traps.
 */
/* As the library is compiled (lib/mbedtls.mk): the context is the same. */
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>

#include "lib/sha512.h"

static_assert(sizeof(mbedtls_sha512_context) <= sizeof(struct sha512_ctx), "context fits");
static_assert(_Alignof(mbedtls_sha512_context) <= _Alignof(struct sha512_ctx), "and is aligned");

static mbedtls_sha512_context *inner(struct sha512_ctx *ctx)
{
	return (mbedtls_sha512_context *)ctx->opaque;
}

static void must_succeed(int result)
{
	if (result != 0)
		__builtin_trap();
}

void sha512_init(struct sha512_ctx *ctx)
{
	mbedtls_sha512_init(inner(ctx));
	must_succeed(mbedtls_sha512_starts(inner(ctx), 0));
}

void sha512_update(struct sha512_ctx *ctx, const void *data, size_t size)
{
	must_succeed(mbedtls_sha512_update(inner(ctx), data, size));
}

void sha512_finish(struct sha512_ctx *ctx, uint8_t out[SHA512_SIZE])
{
	must_succeed(mbedtls_sha512_finish(inner(ctx), out));
	mbedtls_platform_zeroize(ctx, sizeof(*ctx));
}
