/* SPDX-License-Identifier: MIT */
/*
 * Elliptic-curve keys of the host programs: P-256 or P-384, from PEM files.
 */
#ifndef NACRE_TOOLS_KEY_H
#define NACRE_TOOLS_KEY_H

#include <openssl/types.h>

#include "tools/common/error.h"

/* Bytes of a coordinate, and of a private key, on the largest curve. */
#define KEY_SIZE_MAX 48U

/* NULL with @error, which does not name the file; the caller ends with EVP_PKEY_free(). */
MUST_CHECK EVP_PKEY *key_read_private(const char *path, struct tool_error *error);

/* A public key or the certificate of one. */
MUST_CHECK EVP_PKEY *key_read_public(const char *path, struct tool_error *error);

/* Bytes of a coordinate: 32 on P-256, 48 on P-384; 0 for any other key. */
size_t key_size(const EVP_PKEY *key);

/* The public point, each coordinate big-endian in key_size() bytes. */
MUST_CHECK bool key_point(const EVP_PKEY *key, uint8_t x[KEY_SIZE_MAX], uint8_t y[KEY_SIZE_MAX],
	struct tool_error *error);

/*
 * A new public key of these coordinates, each of @size bytes: 32 on P-256, 48 on
 * P-384. NULL if they are no point of the curve.
 */
MUST_CHECK EVP_PKEY *key_from_point(const uint8_t *x, const uint8_t *y, size_t size);

/* The private number, big-endian in key_size() bytes. */
MUST_CHECK bool key_secret(
	const EVP_PKEY *key, uint8_t secret[KEY_SIZE_MAX], struct tool_error *error);

#endif
