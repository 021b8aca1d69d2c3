/* SPDX-License-Identifier: MIT */
/*
 * How a test guest commands the hostile host, its accomplice: the host's side
 * is hostile.c, the guest's is tests/attacks/accomplice.c. 32-bit writes: the
 * arguments, then a command. A 32-bit read of the command port gives what the
 * host has learned or counted (hostile_question in ARG1).
 */
#ifndef MACHINE_HOSTILE_PORTS_H
#define MACHINE_HOSTILE_PORTS_H

#define HOSTILE_PORT_ARG0_LOW 0xe0
#define HOSTILE_PORT_ARG0_HIGH 0xe4
#define HOSTILE_PORT_ARG1 0xec
#define HOSTILE_PORT_COMMAND 0xf0

enum hostile_command {
	HOSTILE_SHARE = 1,            /* make page ARG0 shared now */
	HOSTILE_PRIVATE = 2,          /* take page ARG0 away and assign it anew, unvalidated */
	HOSTILE_REMAP = 3,            /* put the frame of page ARG1 (page number) at page ARG0 */
	HOSTILE_RESTORE = 4,          /* undo the last HOSTILE_REMAP, which was of page ARG0 */
	HOSTILE_AT_ENTRY = 0x10,      /* + a command: do it when VMPL 0 is entered next */
	HOSTILE_INJECT = 0x20,        /* event ARG0 (EVENTINJ), ARG1 instructions into VMPL 0 */
	HOSTILE_SPURIOUS = 0x21,      /* enter VMPL 0 instead of answering the next event */
	HOSTILE_SPURIOUS_HALT = 0x22, /* enter VMPL 0 when the guest halts next */
	HOSTILE_SWEEP = 0x23,         /* ARG0 harmless events, ARG1 instructions apart */
	HOSTILE_TRIALS = 0x24,        /* ARG1 exceptions, each undone; ARG0: the calling area */
	HOSTILE_STORM = 0x25,         /* event ARG0 before ARG1 instructions, handlers' too */
	HOSTILE_WATCH = 0x26,         /* try to run VMPL 2 elsewhere at ARG1 instructions */
	HOSTILE_PLACE = 0x27,         /* orders 20h, 23h to 25h mean instructions at ARG1 only */
	HOSTILE_KEEP = 0x28,          /* a trial puts back page ARG0, too; up to four */
};

/* What HOSTILE_PLACE takes in ARG1: which of VMPL 0's instructions count, and get events. */
enum hostile_place {
	PLACE_ANY = 0,
	PLACE_USER = 1,       /* at CPL 3 */
	PLACE_KERNEL = 2,     /* below it */
	PLACE_CALL = 3,       /* SYSCALL in ring 3 */
	PLACE_CALL_FIRST = 4, /* the first that SYSCALL leads to */
	PLACE_RETURN = 5,     /* SYSRET, or IRET to ring 3 */
	PLACE_RETURNED = 6,   /* the first in ring 3 after the kernel */
	PLACE_RIP = 7,        /* at address ARG0 */
	PLACE_COUNT,
};

enum hostile_question {
	HOSTILE_GHCB_PAGE = 1,      /* page number of VMPL 0's GHCB on vCPU ARG0 */
	HOSTILE_SPURIOUS_COUNT = 2, /* entries made by the two orders above */
	HOSTILE_INJECTED = 3,       /* events injected by HOSTILE_SWEEP */
	HOSTILE_TRIALS_LEFT = 4,    /* exceptions still to be tried */
	HOSTILE_TRIALS_ENDED = 5,   /* ended in a termination with the reason "exception" */
	HOSTILE_WATCH_LEFT = 7,     /* instructions still to be watched */
	HOSTILE_WATCH_REFUSED = 8,  /* the processor refused to run the VMSA */
	HOSTILE_WATCH_CHANGED = 9,  /* it would have run, and its content was being changed */
	HOSTILE_IS_SHARED = 10,     /* 1: page number ARG0 is shared memory */
	HOSTILE_TRIALS_FIXED = 6,   /* taken for a fault of guest memory, and fixed up */
	HOSTILE_TRIALS_BORNE = 11,  /* came in ring 3, and VMPL 0 has gone back to the guest */
};

#endif
