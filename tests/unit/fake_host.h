/* SPDX-License-Identifier: MIT */
/*
 * A host for tests of the request loop: what the paravisor asked it to run.
 */
#ifndef NACRE_TESTS_FAKE_HOST_H
#define NACRE_TESTS_FAKE_HOST_H

#include <setjmp.h>

extern unsigned int fake_runs;

/* Where panic_join() goes. Another CPU panics as soon as this one calls the host. */
extern jmp_buf fake_end;

#endif
