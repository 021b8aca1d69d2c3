/* SPDX-License-Identifier: MIT */
/*
 * Keys for the tests of what signs.
 */
#ifndef NACRE_UNIT_KEY_FIXTURE_H
#define NACRE_UNIT_KEY_FIXTURE_H

#include <openssl/types.h>

/* The private numbers of RFC 6979, A.2.5 and A.2.6, in hexadecimal. */
#define FIXTURE_P256_SECRET "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define FIXTURE_P384_SECRET                                                                        \
	"6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea" \
	"60d2edf5"

/* The key with the private number @secret on @curve, "P-256" or "P-384"; or fails the test. */
EVP_PKEY *fixture_key(const char *curve, const char *secret);

/* Puts the private key into a PEM file. */
void fixture_write_key(EVP_PKEY *key, const char *path);

#endif
