/* SPDX-License-Identifier: MIT */
/*
 * What the subcommands of nacre-igvm share: the program's name, opening an IGVM
 * file, options and warnings about its launch.
 */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "qemu.h"
#include "tools/common/files.h"
#include "tools/common/text.h"

const char program_name[] = "nacre-igvm";

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

bool take_order(const char *command, const char *text, struct launch_options *launch)
{
	if (!strcmp(text, "qemu"))
		launch->order = LAUNCH_ORDER_QEMU;
	else if (!strcmp(text, "file"))
		launch->order = LAUNCH_ORDER_FILE;
	else
		return usage_error(command, "--order is qemu or file, not \"%s\"", text), false;
	return true;
}

bool take_vmsas(const char *command, const char *text, struct launch_options *launch)
{
	uint64_t value;

	if (!parse_number(text, &value) || value < 1 || value > LAUNCH_VMSAS_MAX)
		return usage_error(
			       command, "--vmsas is 1 to %d, not \"%s\"", LAUNCH_VMSAS_MAX, text),
		       false;
	launch->vmsas = (int)value;
	return true;
}

static void print_remark(void *context, const struct qemu_remark *remark)
{
	fprintf(stderr, "nacre-igvm: %s: offset 0x%" PRIx64 ": warning: QEMU: %s\n",
		(const char *)context, remark->offset, remark->text);
}

void warn_of_launch(const struct igvm_file *file, const char *path, enum launch_order order)
{
	struct igvm_strays strays = igvm_find_strays(file);

	if (strays.headers)
		fprintf(stderr,
			"nacre-igvm: %s: offset 0x%" PRIx64 ": note: mask bits 0x%" PRIx32
			" of %zu headers are of no platform of the file and ignored\n",
			path, strays.offset, strays.bits, strays.headers);
	if (order == LAUNCH_ORDER_QEMU)
		qemu_check(file, print_remark, (void *)path);
}
