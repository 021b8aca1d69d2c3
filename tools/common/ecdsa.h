/* SPDX-License-Identifier: MIT */
/*
 * ECDSA on P-256 with SHA-256 and on P-384 with SHA-384. Signing is
 * deterministic (RFC 6979), so that signing twice gives the same file.
 */
#ifndef NACRE_TOOLS_ECDSA_H
#define NACRE_TOOLS_ECDSA_H

#include "tools/common/key.h"

/* r and s behind each other, each big-endian in key_size() bytes. */
#define ECDSA_SIZE_MAX (2 * KEY_SIZE_MAX)

MUST_CHECK bool ecdsa_sign(const EVP_PKEY *key, const void *message, size_t size,
	uint8_t signature[ECDSA_SIZE_MAX], struct tool_error *error);

/* Whether @signature of 2 * key_size() bytes is @key's. */
MUST_CHECK bool ecdsa_verify(
	EVP_PKEY *key, const void *message, size_t size, const uint8_t *signature);

#endif
