/* SPDX-License-Identifier: MIT */
/* The string functions that the compiler and libraries call; independent of what is tested. */
#include <string.h>

#include "compiler.h"

void *memset(void *dst, int byte, size_t size)
{
	void *d = dst;

	__asm__ volatile("rep stosb" : "+D"(d), "+c"(size) : "a"(byte) : "memory");
	return dst;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t size)
{
	void *d = dst;

	__asm__ volatile("rep movsb" : "+D"(d), "+S"(src), "+c"(size) : : "memory");
	return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	if (d <= s || d >= s + size)
		return memcpy(dst, src, size);
	while (size--)
		d[size] = s[size];
	return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a, *y = b;

	for (; size; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}
