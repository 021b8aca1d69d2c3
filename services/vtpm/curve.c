/* SPDX-License-Identifier: MIT */
/*
 * libtpms makes each of its curves from numbers, so that libcrypto does not know which it
 * is and takes the code for any curve. P-256, by its name, has code of its own, made for
 * this processor and of constant time, which takes some tenth of the instructions. Of the
 * curves that libtpms has, it alone is over this prime. (libcrypto 3.0 has none for P-384.)
 */
#include <openssl/bn.h>
#include <openssl/obj_mac.h>

#include "services/vtpm/curve.h"

EC_GROUP *tpm_curve_new(const BIGNUM *p, const BIGNUM *a, const BIGNUM *b, BN_CTX *context)
{
	if (BN_cmp(p, BN_get0_nist_prime_256()) == 0)
		return EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	return EC_GROUP_new_curve_GFp(p, a, b, context);
}
