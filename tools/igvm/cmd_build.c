/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm build: from an ELF file to an IGVM file.
 */
#include "commands.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "build.h"
#include "inputs.h"
#include "qemu.h"
#include "report.h"
#include "services.h"
#include "tools/common/files.h"
#include "tools/common/text.h"

const char help_build[] =
	"  build --elf FILE -o OUT [OPTION...]      build an IGVM file for SEV-SNP\n"
	"      --elf FILE              static x86-64 executable with a launch note\n"
	"      -o, --output OUT        the IGVM file to write\n"
	"      --policy N              SNP guest policy (default 0x30000)\n"
	"      --sev-features N        SEV_FEATURES instead of the note's\n"
	"      --kernel FILE           the one kernel that the image may boot\n"
	"      --initrd FILE           its initramfs (default: none)\n"
	"      --append STRING         its command line (default: empty)\n"
	"      --unchecked-kernel      development: boot any kernel, unmeasured\n"
	"      --firmware FILE         OVMF, to be started instead of a kernel\n"
	"      --service NAME=FILE[,classes=N+N...][,memory=SIZE][,slice=N][,limit=N]\n"
	"                [,at-end=retire|restart]\n"
	"                              a program for ring 3, measured by its digest; may be\n"
	"                              repeated (docs/services.md)\n"
	"      --inputs FILE           record of build inputs to add, unmeasured\n";

struct build_arguments {
	const char *elf, *output, *kernel, *initrd, *append, *firmware, *inputs;
	bool unchecked;
	struct build_options options;
	struct service_list services;
	struct firmware read_firmware;
};

enum {
	OPTION_ELF = 256,
	OPTION_POLICY,
	OPTION_FEATURES,
	OPTION_KERNEL,
	OPTION_INITRD,
	OPTION_APPEND,
	OPTION_UNCHECKED,
	OPTION_FIRMWARE,
	OPTION_INPUTS,
	OPTION_SERVICE
};

static const struct option long_options[] = {
	{"elf", required_argument, NULL, OPTION_ELF},
	{"output", required_argument, NULL, 'o'},
	{"policy", required_argument, NULL, OPTION_POLICY},
	{"sev-features", required_argument, NULL, OPTION_FEATURES},
	{"kernel", required_argument, NULL, OPTION_KERNEL},
	{"initrd", required_argument, NULL, OPTION_INITRD},
	{"append", required_argument, NULL, OPTION_APPEND},
	{"unchecked-kernel", no_argument, NULL, OPTION_UNCHECKED},
	{"firmware", required_argument, NULL, OPTION_FIRMWARE},
	{"inputs", required_argument, NULL, OPTION_INPUTS},
	{"service", required_argument, NULL, OPTION_SERVICE},
	{NULL, 0, NULL, 0},
};

static bool number_option(const char *name, const char *text, uint64_t *value)
{
	if (parse_number(text, value))
		return true;
	usage_error("build", "%s takes a number, not \"%s\"", name, text);
	return false;
}

static bool add_service(struct build_arguments *arguments, const char *text)
{
	struct tool_error error;

	if (services_add(&arguments->services, text, &error))
		return true;
	usage_error("build", "--service %s: %s", text, error.text);
	return false;
}

static bool take_option(struct build_arguments *arguments, int option, const char *value)
{
	switch (option) {
	case OPTION_ELF:
		arguments->elf = value;
		return true;
	case 'o':
		arguments->output = value;
		return true;
	case OPTION_POLICY:
		return number_option("--policy", value, &arguments->options.policy);
	case OPTION_FEATURES:
		arguments->options.override_sev_features = true;
		return number_option("--sev-features", value, &arguments->options.sev_features);
	case OPTION_KERNEL:
		arguments->kernel = value;
		return true;
	case OPTION_INITRD:
		arguments->initrd = value;
		return true;
	case OPTION_APPEND:
		arguments->append = value;
		return true;
	case OPTION_UNCHECKED:
		arguments->unchecked = true;
		return true;
	case OPTION_FIRMWARE:
		arguments->firmware = value;
		return true;
	case OPTION_INPUTS:
		arguments->inputs = value;
		return true;
	case OPTION_SERVICE:
		return add_service(arguments, value);
	default:
		return false; /* getopt has said what is wrong */
	}
}

static int check_arguments(struct build_arguments *arguments, int left)
{
	if (left)
		return usage_error("build", "too many arguments");
	if (!arguments->elf || !arguments->output)
		return usage_error("build", "--elf and --output are needed");
	if (arguments->unchecked && (arguments->kernel || arguments->initrd || arguments->append))
		return usage_error("build",
			"--unchecked-kernel does not go with --kernel, --initrd, --append");
	if (arguments->firmware && (arguments->unchecked || arguments->kernel))
		return usage_error("build",
			"--firmware does not go with --kernel and --unchecked-kernel: it loads one "
			"itself");
	if (!arguments->kernel && (arguments->initrd || arguments->append))
		return usage_error("build", "--initrd and --append need --kernel");
	arguments->options.append = arguments->append ? arguments->append : "";
	arguments->options.mode = BUILD_KERNEL_NONE;
	if (arguments->unchecked)
		arguments->options.mode = BUILD_KERNEL_UNCHECKED;
	else if (arguments->kernel)
		arguments->options.mode = BUILD_KERNEL_CHECKED;
	return STATUS_OK;
}

static void print_remark(void *context, const struct qemu_remark *remark)
{
	fprintf(stderr, "nacre-igvm: %s: offset 0x%" PRIx64 ": QEMU: %s\n", (const char *)context,
		remark->offset, remark->text);
}

/* What a firmware adds, read from the image itself. */
static bool print_firmware(const struct igvm_file *file, const char *path)
{
	struct tool_error error;
	struct report report;

	if (!report_make(file, path, &report, &error)) {
		report_error(path, &error);
		return false;
	}
	if (report.firmware.count)
		report_firmware_text(&report, stdout);
	report_free(&report);
	return true;
}

/* The parser and QEMU's rules apply to our own output as to any other file. */
static bool check_output(const struct buffer *image, const char *path)
{
	struct tool_error error;
	struct igvm_file file;
	size_t remarks;
	bool fine;

	if (!igvm_parse(image->bytes, image->size, &file, &error)) {
		report_error(path, &error);
		return false;
	}
	remarks = qemu_check(&file, print_remark, (void *)path);
	fine = !remarks && print_firmware(&file, path);
	igvm_free(&file);
	return fine;
}

static int write_image(const struct build_arguments *arguments, const struct blob *elf)
{
	struct buffer image = {0};
	struct tool_error error;
	int status = STATUS_FAILED;

	if (!igvm_build(elf, &arguments->options, &image, &error))
		status = report_error(arguments->elf, &error);
	else if (!check_output(&image, arguments->output))
		status = STATUS_FAILED;
	else if (!file_write(arguments->output, image.bytes, image.size, &error))
		status = report_error(arguments->output, &error);
	else
		status = STATUS_OK;
	buffer_free(&image);
	return status;
}

/* Reads @path if there is one. */
static bool read_input(const char *path, struct blob *blob)
{
	struct tool_error error;

	if (!path || file_read(path, blob, &error))
		return true;
	report_error(path, &error);
	return false;
}

/* Reads the record of build inputs, if one is given, and checks it. */
static bool read_inputs(const char *path, struct blob *blob)
{
	struct tool_error error;

	if (!read_input(path, blob))
		return false;
	if (!path || inputs_check((const char *)blob->bytes, blob->size, &error))
		return true;
	report_error(path, &error);
	return false;
}

/* Reads the firmware, if one is given, and its tables. */
static bool read_firmware(struct build_arguments *arguments, struct blob *blob)
{
	struct tool_error error;

	if (!read_input(arguments->firmware, blob))
		return false;
	if (!arguments->firmware)
		return true;
	arguments->options.firmware = &arguments->read_firmware;
	if (firmware_read(blob->bytes, blob->size, &arguments->read_firmware, &error))
		return true;
	report_error(arguments->firmware, &error);
	return false;
}

/* Reads the services' files for their digests. */
static bool read_services(struct build_arguments *arguments)
{
	struct tool_error error;
	const char *failed;

	if (!services_read_files(&arguments->services, &failed, &error)) {
		report_error(failed, &error);
		return false;
	}
	arguments->options.services = arguments->services.table;
	return true;
}

static int build_from_files(struct build_arguments *arguments)
{
	struct blob elf = {0}, firmware = {0};
	int status = STATUS_FAILED;

	if (read_input(arguments->elf, &elf) && read_firmware(arguments, &firmware) &&
		read_input(arguments->kernel, &arguments->options.kernel) &&
		read_input(arguments->initrd, &arguments->options.initrd) &&
		read_inputs(arguments->inputs, &arguments->options.inputs) &&
		read_services(arguments))
		status = write_image(arguments, &elf);
	free((void *)elf.bytes);
	free((void *)firmware.bytes);
	free((void *)arguments->options.kernel.bytes);
	free((void *)arguments->options.initrd.bytes);
	free((void *)arguments->options.inputs.bytes);
	return status;
}

static bool read_options(int argc, char **argv, struct build_arguments *arguments)
{
	int option;

	while ((option = getopt_long(argc, argv, "o:", long_options, NULL)) != -1) {
		if (!take_option(arguments, option, optarg))
			return false;
	}
	return true;
}

int command_build(int argc, char **argv)
{
	struct build_arguments arguments = {.options.policy = BUILD_DEFAULT_POLICY};
	int status = STATUS_USAGE;

	if (read_options(argc, argv, &arguments))
		status = check_arguments(&arguments, argc - optind);
	if (status == STATUS_OK)
		status = build_from_files(&arguments);
	services_free(&arguments.services);
	return status;
}
