/* SPDX-License-Identifier: MIT */
/*
 * The hashes that the host programs need: SHA-384 for the SNP launch digest, SHA-256
 * for the direct-boot digests, CRC-32 for the IGVM header. The SHA functions
 * abort the program if the crypto library refuses, which no input can cause.
 */
#ifndef NACRE_TOOLS_HASH_H
#define NACRE_TOOLS_HASH_H

#include "compiler.h"

#define SHA384_SIZE 48U

void sha384(const void *bytes, size_t size, uint8_t digest[SHA384_SIZE]);
void sha256(const void *bytes, size_t size, uint8_t digest[32]);

/* IEEE CRC-32 as zlib has it; start with @crc 0 and feed the result back to go on. */
uint32_t crc32_update(uint32_t crc, const void *bytes, size_t size);

#endif
