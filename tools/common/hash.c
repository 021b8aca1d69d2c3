/* SPDX-License-Identifier: MIT */
/*
 * SHA-2 by OpenSSL's libcrypto. Called through hash.h.
 */
#include "tools/common/hash.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

static void digest_or_die(const EVP_MD *md, const void *bytes, size_t size, uint8_t *digest)
{
	if (EVP_Digest(bytes, size, digest, NULL, md, NULL) == 1)
		return;
	fputs("libcrypto refused to compute a SHA-2 digest\n", stderr);
	abort();
}

void sha384(const void *bytes, size_t size, uint8_t digest[SHA384_SIZE])
{
	digest_or_die(EVP_sha384(), bytes, size, digest);
}

void sha256(const void *bytes, size_t size, uint8_t digest[32])
{
	digest_or_die(EVP_sha256(), bytes, size, digest);
}
