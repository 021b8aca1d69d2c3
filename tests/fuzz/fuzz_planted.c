/* SPDX-License-Identifier: MIT */
/*
 * A parser with a mistake: after the right magic it believes a length. The
 * suite "fuzz" fails if the run does not find it.
 */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint8_t *copy = fuzz_rest(&input);
	volatile uint8_t last;

	if (size > 3 && copy[0] == 'N' && copy[1] == 'a')
		last = copy[copy[2]];
	(void)last;
	free(copy);
	return 0;
}
