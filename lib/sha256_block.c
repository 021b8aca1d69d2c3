/* SPDX-License-Identifier: MIT */
/*
 * mbedtls's hook for the block function of SHA-256: the processor's own
 * instructions where it has them, else mbedtls's portable code, which
 * lib/mbedtls.mk compiles a second time under another name.
 */
#include <mbedtls/sha256.h>

#include "lib/sha256_block.h"

static bool use_extensions SECTION(".bss.once");

int sha256_block_portable(mbedtls_sha256_context *ctx, const unsigned char block[SHA256_BLOCK]);

void sha256_use_extensions(bool use)
{
	use_extensions = use;
}

int mbedtls_internal_sha256_process(
	mbedtls_sha256_context *ctx, const unsigned char block[SHA256_BLOCK])
{
	if (!use_extensions)
		return sha256_block_portable(ctx, block);
	sha256_block_extensions(ctx->MBEDTLS_PRIVATE(state), block);
	return 0;
}
