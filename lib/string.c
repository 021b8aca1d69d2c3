/* SPDX-License-Identifier: MIT */
/*
 * Memory and string functions of the freestanding build (lib/libc/string.h).
 * Copies and fills are string instructions: small, and fast on processors that
 * run confidential guests.
 */
#include <stdint.h>
#include <string.h>

#define WORD sizeof(uint64_t)

void *memcpy(void *restrict dest, const void *restrict src, size_t size)
{
	size_t words = size / WORD, bytes = size % WORD;
	void *to = dest;

	asm volatile("rep movsq" : "+D"(to), "+S"(src), "+c"(words) : : "memory");
	asm volatile("rep movsb" : "+D"(to), "+S"(src), "+c"(bytes) : : "memory");
	return dest;
}

void *memmove(void *dest, const void *src, size_t size)
{
	char *to = dest;
	const char *from = src;

	if ((size_t)to - (size_t)from >= size)
		return memcpy(dest, src, size);
	while (size--)
		to[size] = from[size];
	return dest;
}

void *memset(void *dest, int value, size_t size)
{
	uint64_t pattern = (uint8_t)value * 0x0101010101010101UL;
	size_t words = size / WORD, bytes = size % WORD;
	void *to = dest;

	asm volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
	asm volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(pattern) : "memory");
	return dest;
}

int memcmp(const void *left, const void *right, size_t size)
{
	const unsigned char *a = left, *b = right;

	for (; size; size--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

size_t strnlen(const char *text, size_t limit)
{
	size_t length = 0;

	while (length < limit && text[length])
		length++;
	return length;
}

int strcmp(const char *left, const char *right)
{
	while (*left && *left == *right) {
		left++;
		right++;
	}
	return (unsigned char)*left - (unsigned char)*right;
}

void explicit_bzero(void *memory, size_t size)
{
	memset(memory, 0, size);
	asm volatile("" : : "r"(memory) : "memory");
}
