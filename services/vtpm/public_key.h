/* SPDX-License-Identifier: MIT */
/*
 * A TPM's public key as libcrypto has one. Used by certificate.c.
 */
#ifndef NACRE_VTPM_PUBLIC_KEY_H
#define NACRE_VTPM_PUBLIC_KEY_H

#include <openssl/evp.h>

#include "services/vtpm/keys.h"

/* The caller's to free; null if it is none. */
EVP_PKEY *public_key_of(const struct key_numbers *key);

#endif
