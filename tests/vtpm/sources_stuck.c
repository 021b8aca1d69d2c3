/* SPDX-License-Identifier: MIT */
/*
 * RDSEED and RDRAND (lib/hwrng.h) of a defective processor: always the same value. A
 * vTPM linked with these must not start.
 */
#include "lib/hwrng.h"

#define STUCK 0x1234567890abcdefULL

bool hwrng_rdseed64(uint64_t *word)
{
	*word = STUCK;
	return true;
}

bool hwrng_rdrand64(uint64_t *word)
{
	*word = STUCK;
	return true;
}
