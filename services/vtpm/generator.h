/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's randomness. Two generators (HMAC_DRBG of libcrypto, SHA-512), each seeded
 * for itself with words of RDSEED and RDRAND, checked, and with what the kernel gives
 * this service (service_seed): one for libcrypto, of which the issuing key is made and
 * signatures are, one for libtpms, whose own generator takes seeds from it, and of that
 * the TPM's primary seeds; that one is seeded anew for each request. New seeds are the
 * processor's words, on top of what is there. Neither ever gives anything after a failure.
 */
#ifndef NACRE_VTPM_GENERATOR_H
#define NACRE_VTPM_GENERATOR_H

#include "compiler.h"

/* Call first. False, with a line on stderr, if there is not enough entropy. */
MUST_CHECK bool generator_start(void);

/* False once a source has failed after the start. */
bool generator_sound(void);

/*
 * libtpms's platform function, defined here in place of its own, which falls back to
 * rand(). Returns @amount, or -1, which libtpms remembers.
 */
int32_t _plat__GetEntropy(unsigned char *entropy, uint32_t amount);

#endif
