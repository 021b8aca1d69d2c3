/* SPDX-License-Identifier: MIT */
/* The host's only way to guest memory: shared pages. */
#include "host.h"

void *host_memory(uint64_t gpa, uint64_t size)
{
	uint64_t gpn = gpa >> PAGE_SHIFT;

	if (!size || (gpa & (PAGE_SIZE - 1)) + size > PAGE_SIZE)
		return NULL;
	if (rmp_check(gpn, false, 0, 0) != ACCESS_OK)
		return NULL;
	return (uint8_t *)phys(frame_pa(host_map(gpn))) + (gpa & (PAGE_SIZE - 1));
}

static bool copy(uint64_t gpa, uint8_t *buffer, uint64_t size, bool write)
{
	while (size) {
		uint64_t part = PAGE_SIZE - (gpa & (PAGE_SIZE - 1));
		uint8_t *p;

		part = part < size ? part : size;
		p = host_memory(gpa, part);
		if (!p)
			return false;
		memcpy(write ? p : buffer, write ? buffer : p, part);
		gpa += part;
		buffer += part;
		size -= part;
	}
	return true;
}

bool host_memory_read(uint64_t gpa, void *buffer, uint64_t size)
{
	return copy(gpa, buffer, size, false);
}

bool host_memory_write(uint64_t gpa, const void *buffer, uint64_t size)
{
	return copy(gpa, (uint8_t *)(uint64_t)buffer, size, true);
}
