/* SPDX-License-Identifier: MIT */
/*
 * What the subcommands of nacre-igvm share: messages, opening an IGVM file,
 * numbers on the command line.
 */
#include "commands.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "files.h"

int report_error(const char *path, const struct tool_error *error)
{
	fprintf(stderr, "nacre-igvm: %s: ", path);
	if (error->has_offset)
		fprintf(stderr, "offset 0x%" PRIx64 ": ", error->offset);
	fprintf(stderr, "%s\n", error->text);
	return STATUS_FAILED;
}

int usage_error(const char *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "nacre-igvm %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see nacre-igvm --help\n");
	return STATUS_USAGE;
}

bool igvm_open(const char *path, struct igvm_file *file)
{
	struct tool_error error;
	struct blob blob;

	if (!file_read(path, &blob, &error)) {
		report_error(path, &error);
		return false;
	}
	if (!igvm_parse(blob.bytes, blob.size, file, &error)) {
		report_error(path, &error);
		free((void *)blob.bytes);
		return false;
	}
	return true;
}

void igvm_close(struct igvm_file *file)
{
	free((void *)file->bytes);
	igvm_free(file);
}

bool parse_number(const char *text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*value = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	return !errno && *end == '\0';
}
