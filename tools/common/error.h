/* SPDX-License-Identifier: MIT */
/*
 * How the libraries of the host programs say what is wrong: one message and, where a
 * file is to blame, the offset in that file. Callers pass one of these down;
 * the first failure fills it. report_error() prints it behind the file's name.
 */
#ifndef NACRE_TOOLS_ERROR_H
#define NACRE_TOOLS_ERROR_H

#include "compiler.h"

struct tool_error {
	bool has_offset;
	uint64_t offset; /* in the file that was being read */
	char text[320];
};

/* Both fill @error and return false, so that a check reads `return fail_at(...)`. */
bool fail_with(struct tool_error *error, const char *format, ...) PRINTF_LIKE(2, 3);
bool fail_at(struct tool_error *error, uint64_t offset, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
