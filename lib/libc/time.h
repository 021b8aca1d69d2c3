/* SPDX-License-Identifier: MIT */
/*
 * A type that third-party headers name; there is no clock behind it. See
 * lib/libc/string.h.
 */
#ifndef NACRE_LIBC_TIME_H
#define NACRE_LIBC_TIME_H

typedef long time_t;

#endif
