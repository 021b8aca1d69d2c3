/* SPDX-License-Identifier: MIT */
/*
 * A host for tests of the request loop: what the paravisor asked it to run.
 */
#ifndef NACRE_TESTS_FAKE_HOST_H
#define NACRE_TESTS_FAKE_HOST_H

extern unsigned int fake_runs;

#endif
