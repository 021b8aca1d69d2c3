/* SPDX-License-Identifier: MIT */
/*
 * See ecdsa_der.h.
 */
#include "tools/common/ecdsa_der.h"

#include <openssl/ec.h>

uint8_t *ecdsa_der(BIGNUM *r, BIGNUM *s, size_t *size)
{
	ECDSA_SIG *numbers = ECDSA_SIG_new();
	uint8_t *der = NULL;
	int length = 0;

	if (numbers && r && s && ECDSA_SIG_set0(numbers, r, s)) {
		length = i2d_ECDSA_SIG(numbers, &der);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(numbers);
	*size = length > 0 ? (size_t)length : 0;
	return der;
}
