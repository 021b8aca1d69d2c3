/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of nacre-igvm. Each takes its own arguments (argv[0] is the
 * subcommand's name) and returns the exit status.
 */
#ifndef NACRE_TOOLS_COMMANDS_H
#define NACRE_TOOLS_COMMANDS_H

#include "launch_walk.h"
#include "tools/common/cli.h"

int command_build(int argc, char **argv);
int command_inspect(int argc, char **argv);
int command_measure(int argc, char **argv);
int command_reference_values(int argc, char **argv);
int command_sign(int argc, char **argv);

/* Reads and parses an IGVM file. On success end with igvm_close(). Prints its error. */
MUST_CHECK bool igvm_open(const char *path, struct igvm_file *file);
void igvm_close(struct igvm_file *file);

/* The values of --order and --vmsas; print their error. */
MUST_CHECK bool take_order(const char *command, const char *text, struct launch_options *launch);
MUST_CHECK bool take_vmsas(const char *command, const char *text, struct launch_options *launch);

/* Prints what makes a launch of the file other than expected, on standard error. */
void warn_of_launch(const struct igvm_file *file, const char *path, enum launch_order order);

extern const char help_build[], help_inspect[], help_measure[], help_reference_values[],
	help_sign[];

#endif
