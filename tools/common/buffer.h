/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer. An allocation that fails is remembered and makes all
 * later appends do nothing, so that a writer checks once, at the end. And bytes
 * that somebody else owns.
 */
#ifndef NACRE_TOOLS_BUFFER_H
#define NACRE_TOOLS_BUFFER_H

#include "compiler.h"

/* A file's content; @bytes may be NULL if @size is 0. */
struct blob {
	const uint8_t *bytes;
	size_t size;
};

struct buffer {
	uint8_t *bytes; /* owned; released by buffer_free */
	size_t size;
	size_t capacity;
	bool failed; /* out of memory */
};

void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_append_zeros(struct buffer *buffer, size_t size);
void buffer_free(struct buffer *buffer);

#endif
