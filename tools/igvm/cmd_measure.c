/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm measure: the launch digest of an IGVM file.
 */
#include "commands.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>

#include "measure.h"
#include "report.h"
#include "tools/common/text.h"

const char help_measure[] =
	"  measure FILE [OPTION...]                 compute the launch digest\n"
	"      --order qemu|file       launch updates as QEMU and KVM issue them (default)\n"
	"                              or as they stand in the file\n"
	"      --vmsas N               measure the VMSA of N vCPUs (default: those that the\n"
	"                              file describes); a vCPU without one of its own\n"
	"                              counts with vCPU 0's\n"
	"      --platform snp          the platform (default and only one: snp)\n"
	"      --json                  print JSON\n";

enum {
	OPTION_ORDER = 256,
	OPTION_VMSAS,
	OPTION_PLATFORM,
	OPTION_JSON
};

static const struct option long_options[] = {
	{"order", required_argument, NULL, OPTION_ORDER},
	{"vmsas", required_argument, NULL, OPTION_VMSAS},
	{"platform", required_argument, NULL, OPTION_PLATFORM},
	{"json", no_argument, NULL, OPTION_JSON},
	{NULL, 0, NULL, 0},
};

struct measure_arguments {
	struct launch_options launch;
	bool json;
};

static bool take_platform(const char *text)
{
	if (strcmp(text, "snp"))
		return usage_error("measure", "--platform is snp, not \"%s\"", text), false;
	return true;
}

static bool take_option(struct measure_arguments *arguments, int option, const char *value)
{
	switch (option) {
	case OPTION_ORDER:
		return take_order("measure", value, &arguments->launch);
	case OPTION_VMSAS:
		return take_vmsas("measure", value, &arguments->launch);
	case OPTION_PLATFORM:
		return take_platform(value);
	case OPTION_JSON:
		arguments->json = true;
		return true;
	default:
		return false; /* getopt has said what is wrong */
	}
}

static const char *compare_id_block(const struct id_block *block, const struct snp_digest *digest)
{
	if (!block->present)
		return "absent";
	return memcmp(block->header.launch_digest, digest->value, sizeof(digest->value))
		       ? "for another digest"
		       : "for this digest";
}

static unsigned int vmsas_used(const struct igvm_file *file, const struct launch_options *options)
{
	if (options->vmsas == LAUNCH_VMSAS_OF_FILE)
		return launch_vcpus(file);
	return (unsigned int)options->vmsas;
}

static void print_text(const struct igvm_file *file, const struct launch_options *options,
	const struct snp_digest *digest)
{
	char text[2 * sizeof(digest->value) + 1];
	struct id_block block;

	id_block_read(file, &block);
	hex_encode(digest->value, sizeof(digest->value), text);
	printf("launch digest  %s\n", text);
	printf("platform       SEV-SNP\n");
	printf("order          %s\n", launch_order_name(options->order));
	printf("VMSAs          %u\n", vmsas_used(file, options));
	printf("ID block       %s\n", compare_id_block(&block, digest));
	id_block_text(&block, "  ", 18, stdout);
}

static void print_json(const struct igvm_file *file, const struct launch_options *options,
	const struct snp_digest *digest)
{
	char text[2 * sizeof(digest->value) + 1];
	struct id_block block;
	json_t *json;

	id_block_read(file, &block);
	hex_encode(digest->value, sizeof(digest->value), text);
	json = json_pack("{s:s, s:s, s:s, s:i, s:s, s:o}", "launch_digest", text, "platform",
		"SEV-SNP", "order", launch_order_name(options->order), "vmsas",
		(int)vmsas_used(file, options), "id_block", compare_id_block(&block, digest),
		"id_block_content", id_block_json(&block));
	json_dumpf(json, stdout, JSON_INDENT(2));
	json_decref(json);
	putchar('\n');
}

static int measure_file(const char *path, const struct measure_arguments *arguments)
{
	struct snp_digest digest;
	struct tool_error error;
	struct igvm_file file;
	int status = STATUS_OK;

	if (!igvm_open(path, &file))
		return STATUS_FAILED;
	if (!igvm_measure(&file, &arguments->launch, &digest, &error)) {
		status = report_error(path, &error);
	} else {
		warn_of_launch(&file, path, arguments->launch.order);
		if (!vmsas_used(&file, &arguments->launch))
			fprintf(stderr,
				"nacre-igvm: %s: warning: no VP_CONTEXT, so no VMSA is "
				"in this digest\n",
				path);
		(arguments->json ? print_json : print_text)(&file, &arguments->launch, &digest);
	}
	igvm_close(&file);
	return status;
}

int command_measure(int argc, char **argv)
{
	struct measure_arguments arguments = {.launch = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE}};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (!take_option(&arguments, option, optarg))
			return STATUS_USAGE;
	}
	if (argc - optind != 1)
		return usage_error("measure", "one file is needed");
	return measure_file(argv[optind], &arguments);
}
