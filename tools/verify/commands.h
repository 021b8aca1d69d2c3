/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of nacre-verify. Each takes its own arguments (argv[0] is the
 * subcommand's name) and returns the exit status.
 */
#ifndef NACRE_VERIFY_COMMANDS_H
#define NACRE_VERIFY_COMMANDS_H

#include "tools/common/cli.h"

/* Only VERIFY_ACCEPTED says that the evidence may be relied upon. */
enum verify_status {
	VERIFY_ACCEPTED = STATUS_OK,
	VERIFY_REFUSED = STATUS_FAILED,
	VERIFY_UNABLE = STATUS_USAGE, /* nothing was judged: wrong use, or a file cannot be read */
};

int command_verify(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_challenge(int argc, char **argv);
int command_respond(int argc, char **argv);

extern const char help_verify[], help_explain[], help_challenge[];

#endif
