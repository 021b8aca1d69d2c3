/* SPDX-License-Identifier: MIT */
/*
 * A host program's command run inside a test: arguments in, exit status and
 * what it printed out.
 */
#ifndef NACRE_UNIT_RUN_COMMAND_H
#define NACRE_UNIT_RUN_COMMAND_H

#include "compiler.h"

/* What the last command printed, terminated and cut to this size. */
extern char ran_out[65536], ran_err[4096];

/* Runs @command with @count arguments, the first being its name; returns its status. */
int run_command(int (*command)(int, char **), const char *const *arguments, int count);

#define run(command, ...)                                          \
	run_command((command), (const char *const[]){__VA_ARGS__}, \
		(int)ARRAY_SIZE(((const char *const[]){__VA_ARGS__})))

/* Fails the test unless @what is part of @text. */
void assert_says(const char *text, const char *what);

#endif
