/* SPDX-License-Identifier: MIT */
/*
 * Random numbers for the paravisor: one HMAC_DRBG (SHA-256, mbedtls) seeded
 * from the processor's RDSEED and RDRAND. The instructions themselves are in
 * lib/hwrng.h, so that a host test can stand in for them.
 */
#ifndef NACRE_LIB_RANDOM_H
#define NACRE_LIB_RANDOM_H

#include "compiler.h"

/* Which instructions CPUID (the paravisor's checked table) offers. */
#define RANDOM_HAVE_RDSEED BIT(0) /* Fn0000_0007.EBX[18] */
#define RANDOM_HAVE_RDRAND BIT(1) /* Fn0000_0001.ECX[30] */

enum random_error {
	RANDOM_OK = 0,
	RANDOM_NO_SOURCE = 1,  /* neither instruction is offered or gives a value */
	RANDOM_UNHEALTHY = 2,  /* a source gave values that no random source gives */
	RANDOM_NOT_SEEDED = 3, /* random_init() was not called or did not succeed */
	RANDOM_FAILED = 4,     /* the generator refused; reseeding failed */
};

/*
 * Seeds the generator from every source in @sources (RANDOM_HAVE_*). Call once,
 * on one CPU, before the other functions. Without this call succeeding,
 * random_bytes() gives nothing.
 */
MUST_CHECK enum random_error random_init(uint64_t sources);

/*
 * Fills @out; any CPU may call it. On an error @out is all zero and must not be
 * used. A call costs some ten SHA-256 blocks whatever its size up to 32 bytes:
 * draw several values at once.
 */
MUST_CHECK enum random_error random_bytes(void *out, size_t size);

/* Destroys the generator's state; takes no lock, so that a panic may call it. */
void random_wipe(void);

#endif
