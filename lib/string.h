/* SPDX-License-Identifier: MIT */
/*
 * The memory and string functions that the compiler and the kernel rely on, as
 * the C standard defines them. Host tests use the C library's.
 */
#ifndef NACRE_LIB_STRING_H
#define NACRE_LIB_STRING_H

#include <stddef.h>

void *memcpy(void *restrict dest, const void *restrict src, size_t size);
void *memmove(void *dest, const void *src, size_t size);
void *memset(void *dest, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
int strcmp(const char *left, const char *right);

/* Overwrites secrets; the compiler does not drop it. */
void explicit_bzero(void *memory, size_t size);

#endif
