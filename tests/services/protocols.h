/* SPDX-License-Identifier: MIT */
/*
 * What the test services and the guests that call them agree on: numbers of
 * protocols, and of calls in them.
 */
#ifndef TESTS_SERVICES_PROTOCOLS_H
#define TESTS_SERVICES_PROTOCOLS_H

#include "service.h"
#include "svsm.h"

#define PROTOCOL_ECHO SVSM_PROTOCOL_OWN
#define PROTOCOL_LIBC (SVSM_PROTOCOL_OWN + 1)
#define PROTOCOL_WATCH (SVSM_PROTOCOL_OWN + 2)
#define PROTOCOL_REGISTERS (SVSM_PROTOCOL_OWN + 0x10) /* and the number in its name */
#define PROTOCOL_HOSTILE (SVSM_PROTOCOL_OWN + 0x100)  /* and the number in its name */

#define PROTOCOL_MORTAL (SVSM_PROTOCOL_OWN + 0x200) /* and the number in its name */
#define PROTOCOL_SPIN (SVSM_PROTOCOL_OWN + 0x300)   /* and the number in its name */

/* Calls of the spinning services. */
#define SPIN_ROUNDS 1U   /* as many as the payload says; struct spin_answer */
#define SPIN_FOR_EVER 2U /* without a system call */
#define SPIN_CALLS 3U    /* system calls without an end */
#define SPIN_CROSS 4U    /* as SPIN_ROUNDS, with a system call in each */
#define SPIN_LEAVE 5U    /* VMGEXITs without an end */
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

/* Calls of the mortal services. */
enum mortal_call {
	MORTAL_STATE = 1, /* the payload becomes struct mortal_state */
	MORTAL_CRASH,
	MORTAL_EXIT,
	MORTAL_GREED,
	MORTAL_STACK,
	MORTAL_CALLS,
	MORTAL_PRIVILEGES, /* answers how many calls were not ENOSYS */
};

struct mortal_state {
	uint64_t calls;       /* of this one since it was started */
	uint64_t dirt;        /* 0 if memory is as the file has it; not so after the first call */
	uint64_t code, stack; /* addresses */
};

/* Calls of the watcher; the payload begins with the context's number. */
enum watch_call {
	WATCH_READ = 1, /* the payload becomes struct watch_report */
	WATCH_AWAIT,    /* answered at once; then the service waits for that vCPU */
	WATCH_REPORT,   /* what came of that */
	WATCH_COUNT,
};

struct watch_report {
	int64_t waited, result; /* of SERVICE_VM_WAIT and SERVICE_VM_READ, or of SERVICE_VM_COUNT */
	struct service_vm_state state;
};

#endif
