/* SPDX-License-Identifier: MIT */
/*
 * The command lines of nacre-verify's subcommands: all of verify's, and for the others
 * options that each name one text.
 */
#ifndef NACRE_VERIFY_ARGUMENTS_H
#define NACRE_VERIFY_ARGUMENTS_H

#include <getopt.h>
#include <time.h>

#include "tools/igvm/launch_walk.h"

#define ARGUMENT_FILES_MAX 8

/* What an option that may be given again has collected. */
struct argument_list {
	const char *values[ARGUMENT_FILES_MAX];
	size_t count;
};

struct arguments {
	const char *report;
	struct argument_list certificates, crls, igvms, references, measurements;
	struct argument_list vtpm_certificates;
	const char *root, *manifest, *nonce, *nonce_file, *policy, *json, *ear, *sign;
	const char *quote, *quote_signature, *quote_nonce, *quote_nonce_file;
	const char *event_log, *pcr_values, *ak, *challenge, *response;
	struct launch_options launch; /* of the IGVM files */
	time_t time;
	bool time_given, quiet;
};

/* False with a message printed. The values stay argv's. */
MUST_CHECK bool arguments_read(int argc, char **argv, struct arguments *arguments);

/*
 * Reads options which all take a text and may be given once: that of @options[i] goes to
 * @texts[i], NULL if it is not given; their values (val) do not count. Leaves optind at
 * what is no option. False with a message printed.
 */
MUST_CHECK bool arguments_read_texts(
	int argc, char **argv, const struct option *options, const char **texts);

#endif
