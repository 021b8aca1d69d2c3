/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share: checks that end the run, and taking values off
 * the input.
 */
#ifndef NACRE_TESTS_FUZZ_H
#define NACRE_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler.h"

/* libFuzzer's entry; each target defines it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)             \
	do {                              \
		if (!(condition))         \
			__builtin_trap(); \
	} while (0)

struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

/* Takes up to @size bytes off the input; what is missing is zero. */
static inline void fuzz_take(struct fuzz_input *input, void *dest, size_t size)
{
	size_t got = size < input->size ? size : input->size;

	memset(dest, 0, size);
	if (got)
		memcpy(dest, input->data, got);
	input->data += got;
	input->size -= got;
}

/* The rest of the input in memory of exactly that size, for ASan's sake; to be freed. */
static inline void *fuzz_rest(const struct fuzz_input *input)
{
	void *copy = malloc(input->size);

	FUZZ_CHECK(copy || !input->size);
	if (input->size)
		memcpy(copy, input->data, input->size);
	return copy;
}

/* Where output goes that nobody reads. */
static inline FILE *fuzz_null_file(void)
{
	static FILE *file;

	if (!file)
		file = fopen("/dev/null", "w");
	FUZZ_CHECK(file);
	return file;
}

#endif
