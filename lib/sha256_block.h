/* SPDX-License-Identifier: MIT */
/*
 * The block function of SHA-256 in two forms, and the choice between them.
 * lib/sha256_block.c alone calls the forms; tests do to compare them.
 */
#ifndef NACRE_LIB_SHA256_BLOCK_H
#define NACRE_LIB_SHA256_BLOCK_H

#include "compiler.h"

#define SHA256_BLOCK 64U

/*
 * Has SHA-256 use the processor's SHA extensions from now on, or not; not is
 * the beginning. On one CPU, before there are others.
 */
void sha256_use_extensions(bool use);

/* By the SHA extensions (lib/sha256_ni.c): between fpu_begin() and fpu_end(). */
void sha256_block_extensions(uint32_t state[8], const uint8_t block[SHA256_BLOCK]);

#endif
