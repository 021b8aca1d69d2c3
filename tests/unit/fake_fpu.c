/* SPDX-License-Identifier: MIT */
/*
 * Stands for kernel/fpu.c in host tests; see fake_fpu.h.
 */
#include "fake_fpu.h"
#include "lib/fpu.h"

unsigned int fake_fpu_begins, fake_fpu_depth;

void fpu_begin(void)
{
	fake_fpu_begins++;
	fake_fpu_depth++;
}

void fpu_end(void)
{
	fake_fpu_depth--;
}
