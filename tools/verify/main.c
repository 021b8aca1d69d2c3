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
	"%s\n"
	"Exit status: 0 accepted, 1 refused, 2 nothing was judged (wrong use, or a file\n"
	"cannot be read). nacre-verify(1) describes the policy.\n";

static bool asks_for_help(const char *argument)
{
	return !strcmp(argument, "--help") || !strcmp(argument, "-h");
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"verify", command_verify},
	{"explain", command_explain},
	{"challenge", command_challenge},
	{"respond", command_respond},
};

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (asks_for_help(argv[i])) {
			printf(help, help_verify, help_explain, help_challenge);
			return VERIFY_ACCEPTED;
		}
	}
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	return command_verify(argc, argv);
}
