/* SPDX-License-Identifier: MIT */
/* SHA-512 of test guests, independent of what is tested: small, not fast. */
#ifndef GUEST_SHA512_H
#define GUEST_SHA512_H

#include "compiler.h"

#define SHA512_BYTES 64U

/* The digest of @first and, behind it, @second. */
void sha512_of_two(const void *first, size_t first_size, const void *second, size_t second_size,
	uint8_t digest[SHA512_BYTES]);

#endif
