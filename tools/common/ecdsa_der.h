/* SPDX-License-Identifier: MIT */
/*
 * ECDSA's two numbers in the form that libcrypto takes, for whoever has them as
 * formats of others have them: reports, TPMs, COSE.
 */
#ifndef NACRE_TOOLS_ECDSA_DER_H
#define NACRE_TOOLS_ECDSA_DER_H

#include <openssl/bn.h>

#include "compiler.h"

/*
 * The DER of @r and @s, both of which are freed; one that is NULL, since memory ran
 * out, gives NULL. To be freed with OPENSSL_free().
 */
uint8_t *ecdsa_der(BIGNUM *r, BIGNUM *s, size_t *size);

#endif
