/* SPDX-License-Identifier: MIT */
/*
 * One word from the processor's random number instructions; used
 * by way of lib/entropy.h alone. True when the instruction gave a value (CF = 1); the
 * caller retries. Executing one that CPUID does not offer raises #UD.
 */
#ifndef NACRE_LIB_HWRNG_H
#define NACRE_LIB_HWRNG_H

#include "compiler.h"

bool hwrng_rdseed64(uint64_t *word);
bool hwrng_rdrand64(uint64_t *word);

#endif
