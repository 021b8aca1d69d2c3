/* SPDX-License-Identifier: MIT */
/*
 * Compile-time assertions only, for third-party code; freestanding code has no
 * assert(). See lib/libc/string.h.
 */
#ifndef NACRE_LIBC_ASSERT_H
#define NACRE_LIBC_ASSERT_H

#ifndef static_assert
#define static_assert _Static_assert
#endif

#endif
