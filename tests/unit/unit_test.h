/* SPDX-License-Identifier: MIT */
/*
 * cmocka with the headers it wants before itself: the first include of each
 * unit test.
 */
#ifndef NACRE_UNIT_TEST_H
#define NACRE_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
