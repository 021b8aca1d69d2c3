/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm inspect: any IGVM file as a table or as JSON.
 */
#include "commands.h"

#include <getopt.h>
#include <stdio.h>

#include "report.h"

const char help_inspect[] =
	"  inspect FILE [--json]                    show what an IGVM file holds\n";

static const struct option long_options[] = {
	{"json", no_argument, NULL, 'j'},
	{NULL, 0, NULL, 0},
};

static int print_report(const struct report *report, bool json)
{
	json_t *object;
	int failed;

	if (!json) {
		report_text(report, stdout);
		return STATUS_OK;
	}
	object = report_json(report);
	failed = json_dumpf(object, stdout, JSON_INDENT(2));
	json_decref(object);
	putchar('\n');
	return failed ? STATUS_FAILED : STATUS_OK;
}

static int inspect_file(const char *path, bool json)
{
	struct tool_error error;
	struct igvm_file file;
	struct report report;
	int status;

	if (!igvm_open(path, &file))
		return STATUS_FAILED;
	if (report_make(&file, path, &report, &error)) {
		status = print_report(&report, json);
		report_free(&report);
	} else {
		status = report_error(path, &error);
	}
	igvm_close(&file);
	return status;
}

int command_inspect(int argc, char **argv)
{
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option != 'j')
			return STATUS_USAGE;
		json = true;
	}
	if (argc - optind != 1)
		return usage_error("inspect", "one file is needed");
	return inspect_file(argv[optind], json);
}
