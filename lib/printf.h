/* SPDX-License-Identifier: MIT */
/*
 * Formatting for the log: %s %c %d %i %u %x %p %%, the lengths h, l, ll and z,
 * the flags 0 and -, a width (a number or *), and a precision for %s.
 */
#ifndef NACRE_LIB_PRINTF_H
#define NACRE_LIB_PRINTF_H

#include <stdarg.h>

#include "compiler.h"

/* Writes at most @size bytes with the NUL; returns the length without it. */
size_t format(char *buffer, size_t size, const char *text, ...) PRINTF_LIKE(3, 4);
size_t format_args(char *buffer, size_t size, const char *text, va_list args);

#endif
