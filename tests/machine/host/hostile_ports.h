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
};

enum hostile_question {
	HOSTILE_GHCB_PAGE = 1,      /* page number of VMPL 0's GHCB on vCPU ARG0 */
	HOSTILE_SPURIOUS_COUNT = 2, /* entries made by the two orders above */
};

#endif
