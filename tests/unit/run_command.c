/* SPDX-License-Identifier: MIT */
/*
 * Points stdout and stderr at files while a command runs.
 */
#include "tests/unit/unit_test.h"

#include <getopt.h>
#include <unistd.h>

#include "tests/unit/run_command.h"

#define MAX_ARGUMENTS 24

char ran_out[65536], ran_err[4096];

struct redirection {
	FILE *stream, *file;
	int saved;
};

static struct redirection redirect(FILE *stream)
{
	struct redirection redirection = {.stream = stream, .file = tmpfile()};

	assert_non_null(redirection.file);
	fflush(stream);
	redirection.saved = dup(fileno(stream));
	assert_true(redirection.saved >= 0);
	assert_true(dup2(fileno(redirection.file), fileno(stream)) >= 0);
	return redirection;
}

static void restore(struct redirection *redirection, char *text, size_t size)
{
	size_t got;

	fflush(redirection->stream);
	assert_true(dup2(redirection->saved, fileno(redirection->stream)) >= 0);
	close(redirection->saved);
	rewind(redirection->file);
	got = fread(text, 1, size - 1, redirection->file);
	text[got] = '\0';
	fclose(redirection->file);
}

int run_command(int (*command)(int, char **), const char *const *arguments, int count)
{
	struct redirection to_out, to_err;
	char *argv[MAX_ARGUMENTS + 1] = {NULL};
	int status;

	assert_true(count <= MAX_ARGUMENTS);
	for (int i = 0; i < count; i++)
		argv[i] = (char *)arguments[i];
	optind = 0; /* glibc: start anew */
	to_out = redirect(stdout);
	to_err = redirect(stderr);
	status = command(count, argv);
	restore(&to_out, ran_out, sizeof(ran_out));
	restore(&to_err, ran_err, sizeof(ran_err));
	return status;
}

void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("\"%s\" does not say \"%s\"", text, what);
}
