/* SPDX-License-Identifier: MIT */
/* Text to COM1 by GHCB events, from any vCPU that has a GHCB. */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include <stdarg.h>
#include "compiler.h"

/* Conversions: %c %s %d %u %x with l, a width and a leading 0. At most 512 bytes a call. */
void print(const char *format, ...) PRINTF_LIKE(1, 2);
void print_list(const char *format, va_list args);
/* The same into @buffer, always terminated; returns the length. */
uint32_t format_text(char *buffer, uint32_t size, const char *format, va_list args);

#endif
