/* SPDX-License-Identifier: MIT */
/*
 * Messages of the host programs.
 */
#include "tools/common/cli.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

int report_error(const char *path, const struct tool_error *error)
{
	fprintf(stderr, "%s: %s: ", program_name, path);
	if (error->has_offset)
		fprintf(stderr, "offset 0x%" PRIx64 ": ", error->offset);
	fprintf(stderr, "%s\n", error->text);
	return STATUS_FAILED;
}

int usage_error(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s%s%s: ", program_name, command ? " " : "", command ? command : "");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see %s --help\n", program_name);
	return STATUS_USAGE;
}
