/* SPDX-License-Identifier: MIT */
/*
 * Configuration of mbedtls 3.6 for the emulated secure processor, and for the
 * test guests that talk to it: AES-256-GCM, ECDSA on P-384, SHA-384, HMAC, and
 * memory out of one buffer. Tables and code of general registers alone: the
 * guest's FPU state stays live, and these keys are a test's.
 */
#ifndef MACHINE_MBEDTLS_CONFIG_H
#define MACHINE_MBEDTLS_CONFIG_H

#include <stddef.h>

#define MBEDTLS_HAVE_ASM
#define MBEDTLS_NO_UDBL_DIVISION

#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT
#define MBEDTLS_GCM_C

#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_MD_C

#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C

/* Memory for big numbers: one buffer, given by mbedtls_memory_buffer_alloc_init(). */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_PLATFORM_EXIT_MACRO(status) __builtin_trap()

#endif
