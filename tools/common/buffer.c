/* SPDX-License-Identifier: MIT */
/*
 * The growing byte buffer that writers of files and CBOR fill.
 */
#include "tools/common/buffer.h"

#include <stdlib.h>
#include <string.h>

static bool buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t capacity = buffer->capacity ? buffer->capacity : PAGE_SIZE;
	uint8_t *bytes;

	while (!buffer->failed && capacity - buffer->size < more) {
		if (__builtin_mul_overflow(capacity, 2, &capacity))
			buffer->failed = true;
	}
	if (buffer->failed)
		return false;
	if (capacity == buffer->capacity)
		return true;
	bytes = realloc(buffer->bytes, capacity);
	if (!bytes) {
		buffer->failed = true;
		return false;
	}
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return true;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
	if (!size || !buffer_reserve(buffer, size))
		return;
	memcpy(buffer->bytes + buffer->size, bytes, size);
	buffer->size += size;
}

void buffer_append_zeros(struct buffer *buffer, size_t size)
{
	if (!size || !buffer_reserve(buffer, size))
		return;
	memset(buffer->bytes + buffer->size, 0, size);
	buffer->size += size;
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer){0};
}
