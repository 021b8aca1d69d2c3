/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of nacre-igvm. Each takes its own arguments (argv[0] is the
 * subcommand's name) and returns the exit status.
 */
#ifndef NACRE_TOOLS_COMMANDS_H
#define NACRE_TOOLS_COMMANDS_H

#include "error.h"
#include "parse.h"

enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* a file is at fault, or the system */
	STATUS_USAGE = 2,
};

int command_build(int argc, char **argv);
int command_inspect(int argc, char **argv);
int command_measure(int argc, char **argv);

/* Prints "nacre-igvm: FILE: offset 0x..: text"; returns STATUS_FAILED. */
int report_error(const char *path, const struct tool_error *error);

/* Prints a message about the command line; returns STATUS_USAGE. */
int usage_error(const char *command, const char *format, ...) PRINTF_LIKE(2, 3);

/* Reads and parses an IGVM file. On success end with igvm_close(). Prints its error. */
MUST_CHECK bool igvm_open(const char *path, struct igvm_file *file);
void igvm_close(struct igvm_file *file);

/* A whole argument as a number, decimal or with 0x; false if it is none. */
MUST_CHECK bool parse_number(const char *text, uint64_t *value);

extern const char help_build[], help_inspect[], help_measure[];

#endif
