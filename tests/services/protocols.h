/* SPDX-License-Identifier: MIT */
/*
 * What the test services and the guests that call them agree on: numbers of
 * protocols, and of calls in them.
 */
#ifndef TESTS_SERVICES_PROTOCOLS_H
#define TESTS_SERVICES_PROTOCOLS_H

#include "svsm.h"

#define PROTOCOL_ECHO SVSM_PROTOCOL_OWN
#define PROTOCOL_LIBC (SVSM_PROTOCOL_OWN + 1)
#define PROTOCOL_REGISTERS (SVSM_PROTOCOL_OWN + 0x10) /* and the number in its name */
#define PROTOCOL_HOSTILE (SVSM_PROTOCOL_OWN + 0x100)  /* and the number in its name */

#define PROTOCOL_SPIN (SVSM_PROTOCOL_OWN + 0x200) /* and the number in its name */

/* Calls of the spinning services. */
#define SPIN_ROUNDS 1U   /* as many as the payload says; struct spin_answer */
#define SPIN_FOR_EVER 2U /* without a system call */
#define SPIN_CALLS 3U    /* system calls without an end */
#define SPIN_STEP 0x123456789abcdefUL
#define SPIN_AT_START 8 /* the number of the one that never serves */

/* After each round: @general * 5 + 1, @vector + SPIN_STEP; both from 0. */
struct spin_answer {
	uint64_t general, vector;
};

/* Calls of the echo, which has class 2 as well: each byte of the payload changed by 20h; vector
 * registers filled. */
#define ECHO_CALL 1U
#define ECHO_VECTORS 2U
#define ECHO_PLATFORM 3U /* clock, seed and report; the payload becomes the report */
#define ECHO_SEED 5U     /* the payload becomes a seed */
#define ECHO_WHERE 4U    /* where it keeps the payload: an address of its own */

/* Calls of those that look after their registers; each answers a number, 0 if all is well. */
enum registers_call {
	REGISTERS_START = 1, /* how much was in them at the start */
	REGISTERS_KEEP,  /* how much has changed since the last; a byte makes the next pattern */
	REGISTERS_CPUID, /* what CPUID has wrong; and whether there is XSAVE */
};
#define REGISTERS_HAS_XSAVE 0x100U

#endif
