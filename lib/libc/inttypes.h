/* SPDX-License-Identifier: MIT */
/*
 * Included by third-party code that uses nothing of it here but the types; see
 * lib/libc/string.h.
 */
#ifndef NACRE_LIBC_INTTYPES_H
#define NACRE_LIBC_INTTYPES_H

#include <stdint.h>

#endif
