/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm: builds, inspects and measures IGVM files. This file picks the
 * subcommand and holds what the subcommands share.
 */
#include "commands.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "files.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{"build", command_build, help_build},
	{"inspect", command_inspect, help_inspect},
	{"measure", command_measure, help_measure},
};

static void print_help(FILE *out)
{
	fputs("nacre-igvm: IGVM files for confidential virtual machines\n\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "%s\n", commands[i].help);
}

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
