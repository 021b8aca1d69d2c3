/* SPDX-License-Identifier: MIT */
/*
 * Configuration of mbedtls 3.6 for the paravisor and its unit tests: SHA-256
 * with a block function of our own (lib/sha256_block.c), a random number
 * generator over it, SHA-512 for report data (the library's flags switch it on,
 * lib/mbedtls.mk), and AES-256-GCM for messages to the secure processor. AES is
 * the processor's or there is none: a table of mbedtls's would show VMPCK0
 * through the cache.
 */
#ifndef NACRE_MBEDTLS_PARAVISOR_H
#define NACRE_MBEDTLS_PARAVISOR_H

#include "lib/mbedtls_config.h"

#define MBEDTLS_SHA256_PROCESS_ALT
#define MBEDTLS_SHA512_SMALLER

#define MBEDTLS_AES_C
#define MBEDTLS_AESNI_C
#define MBEDTLS_AES_USE_HARDWARE_ONLY
#define MBEDTLS_AES_ROM_TABLES /* which nothing uses: none is made at run time */
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT
#define MBEDTLS_GCM_C
/* aesni.c in assembly: what includes its header needs no vector flags then. */
#define MBEDTLS_HAVE_ASM

#endif
