/* SPDX-License-Identifier: MIT */
/*
 * Access that survives a fault; see fault_access.h. A fault leaves the count
 * of a string instruction above zero, which is how the failure is seen.
 */
#include "kernel/fault_access.h"
#include "kernel/extable.h"

static bool copy_words(uint8_t **dest, const uint8_t **src, size_t words)
{
	asm volatile("1: rep movsq\n\t"
		     "2:\n\t" EXTABLE(1b, 2b)
		     : "+D"(*dest), "+S"(*src), "+c"(words)
		     :
		     : "memory");
	return words == 0;
}

static bool copy_bytes(uint8_t **dest, const uint8_t **src, size_t bytes)
{
	asm volatile("1: rep movsb\n\t"
		     "2:\n\t" EXTABLE(1b, 2b)
		     : "+D"(*dest), "+S"(*src), "+c"(bytes)
		     :
		     : "memory");
	return bytes == 0;
}

NOINLINE bool fault_copy(void *dest, const void *src, size_t size)
{
	uint8_t *to = dest;
	const uint8_t *from = src;

	return copy_words(&to, &from, size / sizeof(uint64_t)) &&
	       copy_bytes(&to, &from, size % sizeof(uint64_t));
}

NOINLINE bool fault_clear(void *memory, size_t size)
{
	size /= 8;
	asm volatile("1: rep stosq\n\t"
		     "2:\n\t" EXTABLE(1b, 2b)
		     : "+D"(memory), "+c"(size)
		     : "a"(0UL)
		     : "memory");
	return size == 0;
}

bool fault_exchange(uint8_t *memory, uint8_t value, uint8_t *previous)
{
	uint32_t done = 0;

	asm volatile("1: xchgb %b[value], %[memory]\n\t"
		     "movl $1, %[done]\n\t"
		     "2:\n\t" EXTABLE(1b, 2b)
		     : [value] "+q"(value), [memory] "+m"(*memory), [done] "+r"(done)
		     :
		     : "memory");
	*previous = value;
	return done;
}
