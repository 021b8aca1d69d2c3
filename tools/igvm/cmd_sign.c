/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm sign: an ID block, signed, into an IGVM file.
 */
#include "commands.h"

#include <getopt.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "id_block.h"
#include "tools/common/files.h"
#include "tools/common/text.h"

const char help_sign[] =
	"  sign FILE --id-key KEY -o OUT [OPTION...]\n"
	"                                           add an ID block, signed\n"
	"      --id-key KEY            PEM file of the P-384 key that signs the block\n"
	"      --author-key KEY        the one that signs the ID key (default: none)\n"
	"      --family-id HEX         16 bytes in hexadecimal (default: zeros)\n"
	"      --image-id HEX          16 bytes in hexadecimal (default: zeros)\n"
	"      --guest-svn N           security version of the image (default: 0)\n"
	"      -o, --output OUT        the signed file; may be FILE itself\n";

enum {
	OPTION_ID_KEY = 256,
	OPTION_AUTHOR_KEY,
	OPTION_FAMILY_ID,
	OPTION_IMAGE_ID,
	OPTION_GUEST_SVN
};

static const struct option long_options[] = {
	{"id-key", required_argument, NULL, OPTION_ID_KEY},
	{"author-key", required_argument, NULL, OPTION_AUTHOR_KEY},
	{"family-id", required_argument, NULL, OPTION_FAMILY_ID},
	{"image-id", required_argument, NULL, OPTION_IMAGE_ID},
	{"guest-svn", required_argument, NULL, OPTION_GUEST_SVN},
	{"output", required_argument, NULL, 'o'},
	{NULL, 0, NULL, 0},
};

struct sign_arguments {
	const char *id_key, *author_key, *output;
	struct id_block_options options;
};

static bool take_id(const char *name, const char *text, uint8_t id[16])
{
	if (hex_decode(text, id, 16))
		return true;
	return usage_error("sign", "%s is 32 hexadecimal digits, not \"%s\"", name, text), false;
}

static bool take_svn(const char *text, uint32_t *svn)
{
	uint64_t value;

	if (!parse_number(text, &value) || value > UINT32_MAX)
		return usage_error("sign", "--guest-svn is 0 to 4294967295, not \"%s\"", text),
		       false;
	*svn = (uint32_t)value;
	return true;
}

static bool take_option(struct sign_arguments *arguments, int option, const char *value)
{
	switch (option) {
	case OPTION_ID_KEY:
		arguments->id_key = value;
		return true;
	case OPTION_AUTHOR_KEY:
		arguments->author_key = value;
		return true;
	case OPTION_FAMILY_ID:
		return take_id("--family-id", value, arguments->options.family_id);
	case OPTION_IMAGE_ID:
		return take_id("--image-id", value, arguments->options.image_id);
	case OPTION_GUEST_SVN:
		return take_svn(value, &arguments->options.guest_svn);
	case 'o':
		arguments->output = value;
		return true;
	default:
		return false; /* getopt has said what is wrong */
	}
}

/* NULL with a message if @path is given and is no key that can sign an ID block. */
static EVP_PKEY *read_key(const char *path)
{
	struct snp_public_key public_key;
	struct tool_error error;
	EVP_PKEY *key = key_read_private(path, &error);

	if (key && snp_public_key(key, &public_key, &error))
		return key;
	EVP_PKEY_free(key);
	report_error(path, &error);
	return NULL;
}

static int sign_file(const char *path, const struct sign_arguments *arguments)
{
	struct buffer out = {0};
	struct tool_error error;
	struct igvm_file file;
	int status = STATUS_OK;

	if (!igvm_open(path, &file))
		return STATUS_FAILED;
	if (!id_block_sign(&file, &arguments->options, &out, &error))
		status = report_error(path, &error);
	else if (!file_write(arguments->output, out.bytes, out.size, &error))
		status = report_error(arguments->output, &error);
	buffer_free(&out);
	igvm_close(&file);
	return status;
}

static int sign_with_keys(const char *path, struct sign_arguments *arguments)
{
	EVP_PKEY *id_key = read_key(arguments->id_key), *author_key = NULL;
	int status = STATUS_FAILED;

	if (arguments->author_key)
		author_key = read_key(arguments->author_key);
	arguments->options.id_key = id_key;
	arguments->options.author_key = author_key;
	if (id_key && (author_key || !arguments->author_key))
		status = sign_file(path, arguments);
	EVP_PKEY_free(id_key);
	EVP_PKEY_free(author_key);
	return status;
}

int command_sign(int argc, char **argv)
{
	struct sign_arguments arguments = {.id_key = NULL};
	int option;

	while ((option = getopt_long(argc, argv, "o:", long_options, NULL)) != -1) {
		if (!take_option(&arguments, option, optarg))
			return STATUS_USAGE;
	}
	if (argc - optind != 1)
		return usage_error("sign", "one file is needed");
	if (!arguments.id_key || !arguments.output)
		return usage_error("sign", "--id-key and --output are needed");
	return sign_with_keys(argv[optind], &arguments);
}
