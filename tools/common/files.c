/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing whole files with the C library.
 */
#include "tools/common/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_all(FILE *file, struct buffer *buffer)
{
	uint8_t chunk[65536];
	size_t got;

	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_append(buffer, chunk, got);
	return !ferror(file) && !buffer->failed;
}

bool file_read(const char *path, struct blob *blob, struct tool_error *error)
{
	struct buffer buffer = {0};
	FILE *file = fopen(path, "rb");
	bool ok;

	if (!file)
		return fail_with(error, "cannot be opened: %s", strerror(errno));
	ok = read_all(file, &buffer);
	if (!ok)
		fail_with(error, "cannot be read: %s",
			buffer.failed ? "out of memory" : strerror(errno));
	fclose(file);
	if (!ok) {
		buffer_free(&buffer);
		return false;
	}
	*blob = (struct blob){buffer.bytes, buffer.size};
	return true;
}

bool file_write(const char *path, const uint8_t *bytes, size_t size, struct tool_error *error)
{
	FILE *file = fopen(path, "wb");
	bool written;

	if (!file)
		return fail_with(error, "cannot be created: %s", strerror(errno));
	written = fwrite(bytes, 1, size, file) == size;
	if (fclose(file) == 0 && written)
		return true;
	fail_with(error, "cannot be written: %s", strerror(errno));
	remove(path);
	return false;
}
