/* SPDX-License-Identifier: MIT */
/*
 * nacre-testchain: certificates for the emulated secure processor, in the form
 * of AMD's and named TEST.
 */
#include <getopt.h>
#include <stdio.h>

#include "output.h"
#include "tools/common/cli.h"

const char program_name[] = "nacre-testchain";

static const char help[] =
	"nacre-testchain: TEST certificates for the emulated secure processor\n"
	"\n"
	"  nacre-testchain [OPTION...] DIR\n"
	"      --product NAME          Milan (default), Genoa or Turin\n"
	"      --tcb BL,TEE,SNP,UCODE  security patch levels, each 0 to 255; Turin has FMC\n"
	"                              in front of them\n"
	"      --revoke-ask            crl.der revokes ASK and ASVK\n"
	"      --no-vlek               the chip was given no VLEK\n"
	"      --help                  this text\n"
	"\n"
	"Every run draws fresh keys. In DIR: ark ask asvk vcek vlek, each .der and .pem;\n"
	"root.pem (the ARK), chain-vcek.pem, chain-vlek.pem; crl.der, crl-revoked.der;\n"
	"certificates.bin, certificates-vlek.bin (tables as a host hands them out);\n"
	"identity.bin (the chip, with its private keys).\n";

enum {
	OPTION_PRODUCT = 256,
	OPTION_TCB,
	OPTION_REVOKE_ASK,
	OPTION_NO_VLEK,
	OPTION_HELP
};

static const struct option long_options[] = {
	{"product", required_argument, NULL, OPTION_PRODUCT},
	{"tcb", required_argument, NULL, OPTION_TCB},
	{"revoke-ask", no_argument, NULL, OPTION_REVOKE_ASK},
	{"no-vlek", no_argument, NULL, OPTION_NO_VLEK},
	{"help", no_argument, NULL, OPTION_HELP},
	{NULL, 0, NULL, 0},
};

struct arguments {
	const char *product, *tcb;
	bool help;
	struct output_options output;
};

static bool take_option(struct arguments *arguments, int option, const char *value)
{
	switch (option) {
	case OPTION_PRODUCT:
		arguments->product = value;
		return true;
	case OPTION_TCB:
		arguments->tcb = value;
		return true;
	case OPTION_REVOKE_ASK:
		arguments->output.revoke = true;
		return true;
	case OPTION_NO_VLEK:
		arguments->output.no_vlek = true;
		return true;
	case OPTION_HELP:
		arguments->help = true;
		return true;
	default:
		return false; /* getopt has said what is wrong */
	}
}

static int make_chain(const struct arguments *arguments)
{
	const struct product *product = product_find(arguments->product);
	const char *text = arguments->tcb;
	uint8_t tcb[TCB_PARTS];
	struct tool_error error;
	struct chain chain;
	int status;

	if (!product)
		return usage_error(NULL, "--product is one of %s, not \"%s\"", product_names(),
			arguments->product);
	if (!product_read_tcb(product, text ? text : product->default_tcb, tcb))
		return usage_error(NULL, "--tcb for %s is %sBL,TEE,SNP,UCODE, not \"%s\"",
			product->name, product->has_fmc ? "FMC," : "", text);
	if (!chain_make(product, tcb, &chain, &error))
		status = report_error(arguments->output.folder, &error);
	else
		status = output_write(&chain, &arguments->output) ? STATUS_OK : STATUS_FAILED;
	chain_free(&chain);
	return status;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.product = "Milan"};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (!take_option(&arguments, option, optarg))
			return STATUS_USAGE;
	}
	if (arguments.help) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	if (argc - optind != 1)
		return usage_error(NULL, "one folder is needed");
	arguments.output.folder = argv[optind];
	return make_chain(&arguments);
}
