/* SPDX-License-Identifier: MIT */
/*
 * What a CPU has to look at before its next request besides requests: one word,
 * so that the request loop looks once for all of them.
 */
#ifndef NACRE_KERNEL_ATTENTION_H
#define NACRE_KERNEL_ATTENTION_H

#include "compiler.h"

enum attention_reason {
	ATTENTION_PANIC = 1, /* a CPU has begun to end the machine; never taken back */
	ATTENTION_INIT = 2,  /* a service has ended, or one that nobody calls has work to do */
	ATTENTION_VM = 4,    /* a service waits for a vCPU to call */
};

extern uint32_t attention; /* atomic */

static inline uint32_t attention_now(void)
{
	return __atomic_load_n(&attention, __ATOMIC_RELAXED);
}

/* Both answer what was there before. */
static inline uint32_t attention_want(enum attention_reason reason)
{
	return __atomic_fetch_or(&attention, reason, __ATOMIC_SEQ_CST);
}

static inline uint32_t attention_drop(enum attention_reason reason)
{
	return __atomic_fetch_and(&attention, ~(uint32_t)reason, __ATOMIC_SEQ_CST);
}

#endif
