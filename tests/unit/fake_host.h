/* SPDX-License-Identifier: MIT */
/*
 * A host for tests of the request loop: what the paravisor asked it to run.
 */
#ifndef NACRE_TESTS_FAKE_HOST_H
#define NACRE_TESTS_FAKE_HOST_H

#include <setjmp.h>
#include <stdint.h>

extern unsigned int fake_runs;
extern unsigned int fake_refusals; /* how often it still refuses to run the guest */
extern uint64_t fake_registered;   /* the save area that it was told of last */
extern void (*fake_on_run)(void);  /* what happens while it is asked; NULL: nothing */
extern unsigned int fake_turns;    /* calls of the host until another CPU panics; 0 as 1 */

/* Where panic_join() goes, with 1, and give_up(), with 2. */
extern jmp_buf fake_end;

#endif
