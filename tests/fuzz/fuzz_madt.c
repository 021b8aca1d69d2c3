/* SPDX-License-Identifier: MIT */
/*
 * The host's MADT (kernel/madt.c): any bytes give an error or a list of CPUs
 * that fits and names none twice.
 */
#include "tests/fuzz/fuzz.h"

#include "kernel/madt.h"

#define MAX_CPUS 8U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint8_t *table = fuzz_rest(&input);
	uint32_t *ids = calloc(MAX_CPUS, sizeof(*ids));
	unsigned int count = 99;

	FUZZ_CHECK(ids);
	if (madt_decode(table, size, ids, MAX_CPUS, &count) == MADT_OK) {
		FUZZ_CHECK(count <= MAX_CPUS);
		for (unsigned int i = 0; i < count; i++)
			for (unsigned int j = 0; j < i; j++)
				FUZZ_CHECK(ids[i] != ids[j]);
	}
	free(ids);
	free(table);
	return 0;
}
