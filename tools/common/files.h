/* SPDX-License-Identifier: MIT */
/*
 * Whole files in and out of memory, for the host programs.
 */
#ifndef NACRE_TOOLS_FILES_H
#define NACRE_TOOLS_FILES_H

#include "tools/common/buffer.h"
#include "tools/common/error.h"

/* Reads all of @path. The caller frees @blob->bytes. @error does not name the file. */
MUST_CHECK bool file_read(const char *path, struct blob *blob, struct tool_error *error);

/* Writes @path anew; an incomplete file is removed again. */
MUST_CHECK bool file_write(
	const char *path, const uint8_t *bytes, size_t size, struct tool_error *error);

#endif
