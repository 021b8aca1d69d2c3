/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm reference-values: what verifiers compare reports with.
 */
#include "commands.h"

#include <getopt.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "measured_page.h"
#include "reference.h"
#include "tools/common/files.h"
#include "tools/common/hash.h"
#include "tools/common/text.h"

const char help_reference_values[] =
	"  reference-values FILE... [OPTION...]     what attestation reports are compared with\n"
	"      --corim                 as a CoRIM (CBOR) instead of JSON\n"
	"      --sign KEY              sign the CoRIM (COSE_Sign1) by this PEM key, on P-384\n"
	"                              or P-256\n"
	"      --signer NAME           the signer's name in it (default: unnamed)\n"
	"      --order qemu|file       as for measure\n"
	"      --vmsas N               besides the VMSAs of the file also those of N vCPUs\n"
	"      -o, --output OUT        write there (default: standard output)\n";

enum {
	OPTION_CORIM = 256,
	OPTION_SIGN,
	OPTION_SIGNER,
	OPTION_ORDER,
	OPTION_VMSAS
};

static const struct option long_options[] = {
	{"corim", no_argument, NULL, OPTION_CORIM},
	{"sign", required_argument, NULL, OPTION_SIGN},
	{"signer", required_argument, NULL, OPTION_SIGNER},
	{"order", required_argument, NULL, OPTION_ORDER},
	{"vmsas", required_argument, NULL, OPTION_VMSAS},
	{"output", required_argument, NULL, 'o'},
	{NULL, 0, NULL, 0},
};

struct reference_arguments {
	bool corim;
	const char *key, *signer, *output;
	struct launch_options launch;
};

static bool take_option(struct reference_arguments *arguments, int option, const char *value)
{
	switch (option) {
	case OPTION_CORIM:
		arguments->corim = true;
		return true;
	case OPTION_SIGN:
		arguments->key = value;
		return true;
	case OPTION_SIGNER:
		arguments->signer = value;
		return true;
	case OPTION_ORDER:
		return take_order("reference-values", value, &arguments->launch);
	case OPTION_VMSAS:
		return take_vmsas("reference-values", value, &arguments->launch);
	case 'o':
		arguments->output = value;
		return true;
	default:
		return false; /* getopt has said what is wrong */
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* None, if there is no such page. */
static struct service_table services_of(const struct igvm_file *file)
{
	struct launch_measured measured;

	(void)!measured_page_find(file, &measured);
	return measured.services;
}

static bool open_image(const char *path, enum launch_order order, struct reference_image *image)
{
	struct tool_error error = {0};

	*image = (struct reference_image){.name = base_name(path)};
	if (!text_is_utf8(image->name, strlen(image->name))) {
		fail_with(&error, "expected a file name in UTF-8, since it goes into the output");
		report_error(path, &error);
		return false;
	}
	if (!igvm_open(path, &image->file))
		return false;
	sha256(image->file.bytes, image->file.size, image->sha256);
	image->services = services_of(&image->file);
	warn_of_launch(&image->file, path, order);
	if (!inputs_find(&image->file, &image->inputs, &error)) {
		report_error(path, &error);
		igvm_close(&image->file);
		return false;
	}
	if (!image->inputs.size)
		fprintf(stderr, "%s: %s: warning: no record of build inputs in it\n", program_name,
			path);
	return true;
}

static bool render_json(const struct references *references, struct buffer *out)
{
	json_t *json = references_json(references);
	char *text = json_dumps(json, JSON_INDENT(2));

	json_decref(json);
	if (!text)
		return false;
	buffer_append(out, text, strlen(text));
	buffer_append(out, "\n", 1);
	free(text);
	return !out->failed;
}

static bool render_corim(const struct references *references,
	const struct reference_arguments *arguments, struct buffer *out, struct tool_error *error)
{
	EVP_PKEY *key = arguments->key ? key_read_private(arguments->key, error) : NULL;
	bool ok;

	if (arguments->key && !key) {
		report_error(arguments->key, error);
		return false;
	}
	ok = references_write_corim(references, key, arguments->signer, out, error);
	EVP_PKEY_free(key);
	if (!ok)
		report_error("CoRIM", error);
	return ok;
}

static int write_output(const struct buffer *out, const char *path)
{
	struct tool_error error;

	if (!path)
		return fwrite(out->bytes, 1, out->size, stdout) == out->size && !fflush(stdout)
			       ? STATUS_OK
			       : STATUS_FAILED;
	if (file_write(path, out->bytes, out->size, &error))
		return STATUS_OK;
	return report_error(path, &error);
}

static int print_references(
	const struct references *references, const struct reference_arguments *arguments)
{
	struct buffer out = {0};
	struct tool_error error;
	bool ok = arguments->corim ? render_corim(references, arguments, &out, &error)
				   : render_json(references, &out);
	int status = ok ? write_output(&out, arguments->output) : STATUS_FAILED;

	buffer_free(&out);
	return status;
}

static int use_images(const struct reference_image *images, char **paths, size_t count,
	const struct reference_arguments *arguments)
{
	struct references references;
	struct tool_error error;
	size_t failed;
	int status;

	if (!references_make(images, count, &arguments->launch, &references, &failed, &error))
		return report_error(paths[failed], &error);
	status = print_references(&references, arguments);
	references_free(&references);
	return status;
}

static int open_images(char **paths, size_t count, const struct reference_arguments *arguments)
{
	struct reference_image *images = calloc(count, sizeof(*images));
	int status = STATUS_FAILED;
	size_t open = 0;

	while (images && open < count &&
		open_image(paths[open], arguments->launch.order, &images[open]))
		open++;
	if (images && open == count)
		status = use_images(images, paths, count, arguments);
	while (open)
		igvm_close(&images[--open].file);
	free(images);
	return status;
}

static int check_arguments(const struct reference_arguments *arguments, int files)
{
	if (files < 1)
		return usage_error("reference-values", "a file is needed");
	if (arguments->key && !arguments->corim)
		return usage_error("reference-values", "--sign needs --corim: JSON is not signed");
	if (arguments->signer && !arguments->key)
		return usage_error("reference-values", "--signer needs --sign");
	if (arguments->corim && !arguments->output && isatty(STDOUT_FILENO))
		return usage_error("reference-values", "CBOR is nothing for a terminal: --output");
	return STATUS_OK;
}

int command_reference_values(int argc, char **argv)
{
	struct reference_arguments arguments = {
		.launch = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE}};
	int option, status;

	while ((option = getopt_long(argc, argv, "o:", long_options, NULL)) != -1) {
		if (!take_option(&arguments, option, optarg))
			return STATUS_USAGE;
	}
	status = check_arguments(&arguments, argc - optind);
	if (status != STATUS_OK)
		return status;
	if (!arguments.signer)
		arguments.signer = "unnamed";
	return open_images(argv + optind, (size_t)(argc - optind), &arguments);
}
