/* SPDX-License-Identifier: MIT */
/*
 * Filling a struct tool_error. Used by every host program.
 */
#include "tools/common/error.h"

#include <stdarg.h>
#include <stdio.h>

bool fail_with(struct tool_error *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	error->has_offset = false;
	error->offset = 0;
	return false;
}

bool fail_at(struct tool_error *error, uint64_t offset, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	error->has_offset = true;
	error->offset = offset;
	return false;
}
