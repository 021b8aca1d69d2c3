/* SPDX-License-Identifier: MIT */
/*
 * What the subcommands of nacre-igvm share: the program's name, opening an IGVM
 * file.
 */
#include "commands.h"

#include <stdlib.h>

#include "tools/common/files.h"

const char program_name[] = "nacre-igvm";

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
