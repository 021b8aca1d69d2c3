/* SPDX-License-Identifier: MIT */
/*
 * ECDSA on P-384 with SHA-384 in the forms that the SNP firmware uses: numbers
 * little-endian in fields of 72 bytes. Needs no more than mbedtls.
 */
#ifndef MACHINE_P384_H
#define MACHINE_P384_H

#include "chip_identity.h"
#include "snp_guest.h"

/* As mbedtls wants it: 0 when @size bytes of @out are random. */
typedef int (*random_fn)(void *context, unsigned char *out, size_t size);

/* A private key below the curve's order. */
MUST_CHECK bool p384_new_key(uint8_t key[CHIP_KEY_SIZE], random_fn random);
/* The public key that belongs to @key. */
MUST_CHECK bool p384_public(
	const uint8_t key[CHIP_KEY_SIZE], struct snp_public_key *out, random_fn random);
MUST_CHECK bool p384_sign(const uint8_t key[CHIP_KEY_SIZE], const void *data, size_t size,
	struct snp_signature *out, random_fn random);
MUST_CHECK bool p384_verify(const struct snp_public_key *key, const void *data, size_t size,
	const struct snp_signature *signature);

#endif
