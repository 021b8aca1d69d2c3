/* SPDX-License-Identifier: MIT */
/*
 * Reading files up to a limit.
 */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_some(FILE *file, size_t limit, struct buffer *buffer, struct tool_error *error)
{
	uint8_t chunk[65536];
	size_t got;

	while (buffer->size <= limit && (got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_append(buffer, chunk, got);
	if (buffer->failed)
		return fail_with(error, "out of memory");
	if (ferror(file))
		return fail_with(error, "cannot be read: %s", strerror(errno));
	if (buffer->size > limit)
		return fail_at(error, limit, "longer than the %zu bytes that it may have", limit);
	return true;
}

bool input_read(const char *path, size_t limit, struct blob *blob, struct tool_error *error)
{
	struct buffer buffer = {0};
	FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
	bool ok;

	if (!file)
		return fail_with(error, "cannot be opened: %s", strerror(errno));
	ok = read_some(file, limit, &buffer, error);
	if (file != stdin)
		fclose(file);
	if (!ok) {
		buffer_free(&buffer);
		return false;
	}
	*blob = (struct blob){buffer.bytes, buffer.size};
	return true;
}
