/* SPDX-License-Identifier: MIT */
/*
 * Configuration of mbedtls 3.6 for code without an operating system: SHA-256
 * and one deterministic random number generator over it. SHA-384 and SHA-512
 * are compiled into the library too, for whoever calls them directly
 * (lib/mbedtls.mk); the message-digest layer leaves them out, so that the
 * generator does not drag them into an image.
 */
#ifndef NACRE_MBEDTLS_CONFIG_H
#define NACRE_MBEDTLS_CONFIG_H

#include <stddef.h>

#define MBEDTLS_SHA256_C
#define MBEDTLS_MD_C
#define MBEDTLS_HMAC_DRBG_C

/* lib/mbedtls_platform.c: memory for one generator, wiping of secrets. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO mbedtls_platform_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO mbedtls_platform_free
#define MBEDTLS_PLATFORM_ZEROIZE_ALT

void *mbedtls_platform_calloc(size_t count, size_t size);
void mbedtls_platform_free(void *memory);

#endif
