/* SPDX-License-Identifier: MIT */
/*
 * An IGVM file anew with other variable headers: what lies behind the headers
 * moves as a whole, and every header that refers to it moves with it. Used to
 * sign a file.
 */
#ifndef NACRE_TOOLS_EDIT_H
#define NACRE_TOOLS_EDIT_H

#include "parse.h"
#include "tools/common/buffer.h"

struct edit {
	const struct igvm_file *file;
	struct buffer headers;
	struct buffer fixups; /* uint32_t: where in @headers a file offset stands */
	uint64_t fixed;       /* offset of a header that cannot be moved, or 0 */
};

/* Begins a file without headers; it ends with edit_finish(). */
void edit_begin(struct edit *edit, const struct igvm_file *file);

/* Takes over a header of the file. */
void edit_keep(struct edit *edit, const struct igvm_item *item);

/* Adds one of the caller's that refers to no file data. */
void edit_add(struct edit *edit, enum igvm_type type, const void *body, size_t size);

/*
 * Appends the new file to @out, which must be empty, and releases the edit. False
 * if a header of a type that nobody here knows would have to be moved.
 */
MUST_CHECK bool edit_finish(struct edit *edit, struct buffer *out, struct tool_error *error);

#endif
