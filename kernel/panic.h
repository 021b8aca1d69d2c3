/* SPDX-License-Identifier: MIT */
/*
 * The end of the paravisor when one of its own invariants is broken: print
 * what is needed to find out why, wipe the keys, terminate.
 */
#ifndef NACRE_KERNEL_PANIC_H
#define NACRE_KERNEL_PANIC_H

#include "compiler.h"

struct exception_frame;

NORETURN void panic(const char *text, ...) PRINTF_LIKE(1, 2);
NORETURN void panic_exception(const struct exception_frame *frame, const char *what);

/*
 * An orderly end for a reason outside the paravisor (enum nacre_term): one line
 * of explanation, no registers.
 */
NORETURN void give_up(unsigned int reason, const char *text, ...) PRINTF_LIKE(2, 3);

/*
 * Until this is called, by stage 2, nothing can be printed and no memory but
 * imported one exists: all of these then are wipe_and_terminate().
 */
void panic_can_report(void);

/* The last step of all of these, alone where nothing can be printed: keys wiped, terminated. */
NORETURN void wipe_and_terminate(unsigned int reason);

/*
 * The other CPUs' part: asks for termination too. A host that ignores it gets
 * no more service from any of them.
 */
NORETURN void panic_join(void);

/* Called by the stack protector. */
NORETURN void __stack_chk_fail(void);

#endif
