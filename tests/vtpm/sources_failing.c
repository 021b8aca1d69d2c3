/* SPDX-License-Identifier: MIT */
/*
 * RDSEED and RDRAND (lib/hwrng.h) of a processor that turns defective: sound words
 * until the file that VTPM_TEST_DEFECT names is there, then ever the same. A vTPM linked
 * with these starts, and goes into failure mode when it wants to be seeded again.
 */
#include <stdlib.h>
#include <unistd.h>

#include "lib/hwrng.h"

/* Not random at all, but no two alike. */
static uint64_t next(void)
{
	static uint64_t count;
	const char *defect = getenv("VTPM_TEST_DEFECT");

	if (!defect || access(defect, F_OK) != 0)
		count++;
	return count * 0x9e3779b97f4a7c15ULL;
}

bool hwrng_rdseed64(uint64_t *word)
{
	*word = next();
	return true;
}

bool hwrng_rdrand64(uint64_t *word)
{
	*word = next();
	return true;
}
