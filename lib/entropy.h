/* SPDX-License-Identifier: MIT */
/*
 * Words of the processor's random number instructions (lib/hwrng.h), checked as they
 * come. Used by lib/random.c and by services that have a generator of their own.
 */
#ifndef NACRE_LIB_ENTROPY_H
#define NACRE_LIB_ENTROPY_H

#include "compiler.h"

enum entropy_error {
	ENTROPY_OK = 0,
	ENTROPY_DRY = 1,       /* the instruction gives no value */
	ENTROPY_UNHEALTHY = 2, /* or values that no random source gives */
};

struct entropy_source {
	bool (*draw)(uint64_t *word); /* hwrng_rdseed64 or hwrng_rdrand64 */
	uint64_t last;
};

/* One word; not for several CPUs at once. */
MUST_CHECK enum entropy_error entropy_draw(struct entropy_source *source, uint64_t *word);

#endif
