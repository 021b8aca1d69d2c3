/* SPDX-License-Identifier: MIT */
/*
 * Vector registers in host tests: how often lib/ has said that it begins and
 * ends to use them, and whether it does now.
 */
#ifndef NACRE_TESTS_FAKE_FPU_H
#define NACRE_TESTS_FAKE_FPU_H

extern unsigned int fake_fpu_begins, fake_fpu_depth;

#endif
