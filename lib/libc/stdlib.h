/* SPDX-License-Identifier: MIT */
/*
 * Included by third-party code that uses nothing of it here; see
 * lib/libc/string.h.
 */
#ifndef NACRE_LIBC_STDLIB_H
#define NACRE_LIBC_STDLIB_H

#include <stddef.h>

#endif
