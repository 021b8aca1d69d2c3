/* SPDX-License-Identifier: MIT */
/*
 * nacre-verify: the offline verifier of attestation reports. This file picks
 * the subcommand.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"

const char program_name[] = "nacre-verify";

static const char help[] =
	"nacre-verify: judges attestation reports of AMD SEV-SNP, offline\n"
	"\n"
	"%s\n"
	"%s\n"
	"Exit status: 0 accepted, 1 refused, 2 nothing was judged (wrong use, or a file\n"
	"cannot be read). nacre-verify(1) describes the policy.\n";

static bool asks_for_help(const char *argument)
{
	return !strcmp(argument, "--help") || !strcmp(argument, "-h");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (asks_for_help(argv[i])) {
			printf(help, help_verify, help_explain);
			return VERIFY_ACCEPTED;
		}
	}
	if (argc > 1 && !strcmp(argv[1], "explain"))
		return command_explain(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "verify"))
		return command_verify(argc - 1, argv + 1);
	return command_verify(argc, argv);
}
