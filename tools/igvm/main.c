/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm: builds, inspects, measures and signs IGVM files. This file picks the
 * subcommand.
 */
#include "commands.h"

#include <stdio.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{"build", command_build, help_build},
	{"inspect", command_inspect, help_inspect},
	{"measure", command_measure, help_measure},
	{"reference-values", command_reference_values, help_reference_values},
	{"sign", command_sign, help_sign},
};

static void print_help(FILE *out)
{
	fputs("nacre-igvm: IGVM files for confidential virtual machines\n\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "%s\n", commands[i].help);
}

static bool asks_for_help(const char *argument)
{
	return !strcmp(argument, "--help") || !strcmp(argument, "-h");
}

static int run_command(const struct command *command, int argc, char **argv)
{
	if (argc > 1 && asks_for_help(argv[1])) {
		puts(command->help);
		return STATUS_OK;
	}
	return command->run(argc, argv);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(name, commands[i].name))
			return run_command(&commands[i], argc - 1, argv + 1);
	}
	if (asks_for_help(name)) {
		print_help(stdout);
		return STATUS_OK;
	}
	fprintf(stderr, "nacre-igvm: %s%s\n\n", argc > 1 ? "no such command: " : "which command?",
		name);
	print_help(stderr);
	return STATUS_USAGE;
}
