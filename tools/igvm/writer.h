/* SPDX-License-Identifier: MIT */
/*
 * Writing an IGVM file of version 1: headers are added in order, file data is
 * placed behind them when the file is finished.
 */
#ifndef NACRE_TOOLS_WRITER_H
#define NACRE_TOOLS_WRITER_H

#include "tools/common/buffer.h"
#include "tools/common/error.h"
#include "igvm.h"

struct writer {
	struct buffer headers;
	struct buffer data;
	struct buffer fixups; /* uint32_t: where in the headers a file offset stands */
};

/*
 * Adds a variable header. @file_offset_at is where in @body a file offset
 * stands that is now relative to the file data, or WRITER_NO_OFFSET.
 */
#define WRITER_NO_OFFSET SIZE_MAX
void writer_header(struct writer *writer, enum igvm_type type, const void *body, size_t size,
	size_t file_offset_at);

/* Adds one page of file data: @size bytes and zeros. Returns its offset in the data. */
uint32_t writer_page(struct writer *writer, const void *bytes, size_t size);

/* Puts the file together in @out (the caller's, empty) and releases the writer. */
MUST_CHECK bool writer_finish(struct writer *writer, struct buffer *out, struct tool_error *error);
void writer_free(struct writer *writer);

#endif
