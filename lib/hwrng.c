/* SPDX-License-Identifier: MIT */
/*
 * RDSEED and RDRAND (lib/hwrng.h), as they are. A host test of lib/random.c
 * links its own sources instead of this file.
 */
#include "lib/hwrng.h"

bool hwrng_rdseed64(uint64_t *word)
{
	bool valid;

	__asm__ volatile("rdseed %0" : "=r"(*word), "=@ccc"(valid));
	return valid;
}

bool hwrng_rdrand64(uint64_t *word)
{
	bool valid;

	__asm__ volatile("rdrand %0" : "=r"(*word), "=@ccc"(valid));
	return valid;
}
