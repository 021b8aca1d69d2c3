/* SPDX-License-Identifier: MIT */
/*
 * libtpms's elliptic curves on libcrypto's own code for P-256.
 */
#ifndef NACRE_VTPM_CURVE_H
#define NACRE_VTPM_CURVE_H

#include <openssl/ec.h>

/*
 * What libtpms calls in place of EC_GROUP_new_curve_GFp (services/vtpm/vtpm.mk), with the
 * same meaning: the group of y^2 = x^3 + ax + b modulo @p, or null.
 */
EC_GROUP *tpm_curve_new(const BIGNUM *p, const BIGNUM *a, const BIGNUM *b, BN_CTX *context);

#endif
