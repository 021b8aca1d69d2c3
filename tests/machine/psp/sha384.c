/* SPDX-License-Identifier: MIT */
/* SHA-384 for the launch digest, by mbedtls. */
#include "sha384.h"
#include <mbedtls/sha512.h>

void sha384(const void *data, size_t size, uint8_t out[48])
{
	mbedtls_sha512_context ctx;
	uint8_t full[64];

	mbedtls_sha512_init(&ctx);
	mbedtls_sha512_starts(&ctx, 1);
	mbedtls_sha512_update(&ctx, data, size);
	mbedtls_sha512_finish(&ctx, full);
	mbedtls_sha512_free(&ctx);
	memcpy(out, full, 48);
}
