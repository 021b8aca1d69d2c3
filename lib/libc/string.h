/* SPDX-License-Identifier: MIT */
/*
 * What freestanding code and the third-party libraries built for it use of
 * <string.h>; lib/string.c has the functions. Together with the other headers
 * of this folder it stands in for a libc's when compiling with -nostdinc.
 */
#ifndef NACRE_LIBC_STRING_H
#define NACRE_LIBC_STRING_H

#include <stddef.h>

void *memcpy(void *restrict dest, const void *restrict src, size_t size);
void *memmove(void *dest, const void *src, size_t size);
void *memset(void *dest, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *string);
size_t strnlen(const char *string, size_t limit);
int strcmp(const char *a, const char *b);

/* Overwrites secrets; the compiler does not drop it. */
void explicit_bzero(void *memory, size_t size);

#endif
