/* SPDX-License-Identifier: MIT */
/*
 * What a program that is linked with --wrap for malloc, calloc, realloc and free has of
 * them at the moment, to the byte. For one thread. Used by tests/vtpm/heap.c.
 */
#ifndef NACRE_TESTS_VTPM_BLOCKS_H
#define NACRE_TESTS_VTPM_BLOCKS_H

#include <stddef.h>

struct blocks {
	size_t count, bytes; /* as they were asked for */
};

struct blocks blocks_now(void);

#endif
