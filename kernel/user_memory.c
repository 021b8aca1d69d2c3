/* SPDX-License-Identifier: MIT */
/*
 * See user_memory.h. With SMAP, services' memory is open to the kernel between
 * STAC and CLAC alone; a fault there ends in fault_copy()'s fixup.
 */
#include <string.h>

#include "kernel/user_memory.h"
#include "kernel/fault_access.h"
#include "kernel/index_mask.h"
#include "lib/random.h"
#include "platform.h"

bool user_range_ok(uint64_t address, uint64_t size)
{
	return address >= USER_START && address < USER_END && size <= USER_END - address;
}

static bool copy(void *dest, const void *src, size_t size)
{
	bool smap = platform_facts()->smap, done;

	speculation_barrier(); /* the range was found in order, not only guessed to be */
	if (smap)
		asm volatile("stac" ::: "memory");
	done = fault_copy(dest, src, size);
	if (smap)
		asm volatile("clac" ::: "memory");
	return done;
}

bool user_read(void *dest, uint64_t address, size_t size)
{
	return user_range_ok(address, size) && copy(dest, (const void *)address, size);
}

bool user_write(uint64_t address, const void *src, size_t size)
{
	return user_range_ok(address, size) && copy((void *)address, src, size);
}

bool user_write_random(uint64_t address, size_t size)
{
	uint8_t buffer[64];
	bool done = true;

	for (size_t part; size && done; size -= part, address += part) {
		part = size < sizeof(buffer) ? size : sizeof(buffer);
		done = !random_bytes(buffer, part) && user_write(address, buffer, part);
	}
	memset(buffer, 0, sizeof(buffer));
	asm volatile("" : : "r"(buffer) : "memory");
	return done;
}
