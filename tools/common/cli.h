/* SPDX-License-Identifier: MIT */
/*
 * What the host programs have in common towards a person: exit status and the
 * form of messages.
 */
#ifndef NACRE_TOOLS_CLI_H
#define NACRE_TOOLS_CLI_H

#include "tools/common/error.h"

enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* a file is at fault, or the system */
	STATUS_USAGE = 2,
};

/* Each program defines its own: "nacre-igvm". */
extern const char program_name[];

/* Prints "PROGRAM: FILE: offset 0x..: text"; returns STATUS_FAILED. */
int report_error(const char *path, const struct tool_error *error);

/*
 * Prints a message about the command line, "PROGRAM COMMAND: text; see PROGRAM --help";
 * @command is NULL if the program has none. Returns STATUS_USAGE.
 */
int usage_error(const char *command, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
