/* SPDX-License-Identifier: MIT */
/*
 * The limits that third-party code asks for; gcc's own header wants a libc's.
 * See lib/libc/string.h.
 */
#ifndef NACRE_LIBC_LIMITS_H
#define NACRE_LIBC_LIMITS_H

#define CHAR_BIT __CHAR_BIT__
#define INT_MAX __INT_MAX__
#define UINT_MAX (INT_MAX * 2U + 1U)

#endif
