/* SPDX-License-Identifier: MIT */
/*
 * Reading the command line of nacre-verify verify.
 */
#include "arguments.h"

#include <getopt.h>
#include <string.h>

#include "commands.h"
#include "tools/common/text.h"

enum {
	OPTION_CERTIFICATES = 256,
	OPTION_ROOT,
	OPTION_CRL,
	OPTION_IGVM,
	OPTION_ORDER,
	OPTION_VMSAS,
	OPTION_REFERENCE,
	OPTION_MEASUREMENT,
	OPTION_MANIFEST,
	OPTION_QUOTE,
	OPTION_QUOTE_SIGNATURE,
	OPTION_QUOTE_NONCE,
	OPTION_QUOTE_NONCE_FILE,
	OPTION_EVENT_LOG,
	OPTION_PCR_VALUES,
	OPTION_AK,
	OPTION_CHALLENGE,
	OPTION_RESPONSE,
	OPTION_VTPM_CERTIFICATE,
	OPTION_NONCE,
	OPTION_NONCE_FILE,
	OPTION_POLICY,
	OPTION_TIME,
	OPTION_JSON,
	OPTION_EAR,
	OPTION_SIGN,
	OPTION_QUIET,
};

static const struct option long_options[] = {
	{"certificates", required_argument, NULL, OPTION_CERTIFICATES},
	{"root", required_argument, NULL, OPTION_ROOT},
	{"crl", required_argument, NULL, OPTION_CRL},
	{"igvm", required_argument, NULL, OPTION_IGVM},
	{"order", required_argument, NULL, OPTION_ORDER},
	{"vmsas", required_argument, NULL, OPTION_VMSAS},
	{"reference", required_argument, NULL, OPTION_REFERENCE},
	{"measurement", required_argument, NULL, OPTION_MEASUREMENT},
	{"manifest", required_argument, NULL, OPTION_MANIFEST},
	{"quote", required_argument, NULL, OPTION_QUOTE},
	{"quote-signature", required_argument, NULL, OPTION_QUOTE_SIGNATURE},
	{"quote-nonce", required_argument, NULL, OPTION_QUOTE_NONCE},
	{"quote-nonce-file", required_argument, NULL, OPTION_QUOTE_NONCE_FILE},
	{"event-log", required_argument, NULL, OPTION_EVENT_LOG},
	{"pcr-values", required_argument, NULL, OPTION_PCR_VALUES},
	{"ak", required_argument, NULL, OPTION_AK},
	{"challenge", required_argument, NULL, OPTION_CHALLENGE},
	{"response", required_argument, NULL, OPTION_RESPONSE},
	{"vtpm-certificate", required_argument, NULL, OPTION_VTPM_CERTIFICATE},
	{"nonce", required_argument, NULL, OPTION_NONCE},
	{"nonce-file", required_argument, NULL, OPTION_NONCE_FILE},
	{"policy", required_argument, NULL, OPTION_POLICY},
	{"time", required_argument, NULL, OPTION_TIME},
	{"json", required_argument, NULL, OPTION_JSON},
	{"ear", required_argument, NULL, OPTION_EAR},
	{"sign", required_argument, NULL, OPTION_SIGN},
	{"quiet", no_argument, NULL, OPTION_QUIET},
	{NULL, 0, NULL, 0},
};

const char help_verify[] =
	"  [verify] REPORT OPTION...                judge a report\n"
	"    evidence\n"
	"      --certificates FILE     PEM, DER, or the host's table (configfs-tsm's auxblob);\n"
	"                              may be given again\n"
	"      --manifest FILE         a service report's manifest (manifestblob)\n"
	"    evidence of the vTPM, with the manifest that names its keys\n"
	"      --quote FILE            a quote (tpm2_quote -m)\n"
	"      --quote-signature FILE  its signature (tpm2_quote -s)\n"
	"      --event-log FILE        what was measured (binary_bios_measurements)\n"
	"      --pcr-values FILE       or the values alone (tpm2_pcrread -o)\n"
	"      --ak FILE               the key that signed, if it is the guest's own;\n"
	"      --challenge FILE        what nacre-verify challenge kept of it, and\n"
	"      --response FILE         what tpm2_activatecredential made of that\n"
	"      --vtpm-certificate FILE a certificate of the vTPM's; may be given again\n"
	"    what it is held against\n"
	"      --igvm FILE             the image that was launched; its digest is computed\n"
	"      --order qemu|file       launch updates as QEMU and KVM issue them (default)\n"
	"      --vmsas N               vCPUs whose VMSA is measured (default: the file's)\n"
	"      --reference FILE        or what nacre-igvm reference-values made of it\n"
	"      --measurement HEX       or the digest itself\n"
	"      --nonce HEX             what the report was asked for with (inblob)\n"
	"      --nonce-file FILE       the same, as bytes\n"
	"      --quote-nonce HEX       what the quote was asked for with (tpm2_quote -q)\n"
	"      --quote-nonce-file FILE the same, as bytes\n"
	"      --policy FILE           what else is demanded, JSON: see nacre-verify(1)\n"
	"      --crl FILE              revocation list of the root; may be given again\n"
	"      --root FILE             trust this root certificate, not AMD's\n"
	"      --time DATE             judge for that time, 2026-11-23T15:00:00Z (now)\n"
	"    output\n"
	"      --json FILE             the verdict as JSON; - is standard output\n"
	"      --ear FILE              the verdict as an EAR, CBOR\n"
	"      --sign KEY              sign the EAR (COSE_Sign1) with a key in PEM\n"
	"      --quiet                 print no table\n";

static bool wrong(const char *option, const char *wanted, const char *text)
{
	usage_error("verify", "%s is %s, not \"%s\"", option, wanted, text);
	return false;
}

static bool add(struct argument_list *list, const char *option, const char *value)
{
	if (list->count == ARGUMENT_FILES_MAX) {
		usage_error("verify", "--%s at most %d times", option, ARGUMENT_FILES_MAX);
		return false;
	}
	list->values[list->count++] = value;
	return true;
}

static bool set(const char *command, const char **target, const char *option, const char *value)
{
	if (*target) {
		usage_error(command, "--%s was given twice", option);
		return false;
	}
	*target = value;
	return true;
}

static bool take_order(struct arguments *arguments, const char *text)
{
	if (!strcmp(text, "qemu"))
		arguments->launch.order = LAUNCH_ORDER_QEMU;
	else if (!strcmp(text, "file"))
		arguments->launch.order = LAUNCH_ORDER_FILE;
	else
		return wrong("--order", "qemu or file", text);
	return true;
}

static bool take_vmsas(struct arguments *arguments, const char *text)
{
	uint64_t value;

	if (!parse_number(text, &value) || value < 1 || value > LAUNCH_VMSAS_MAX)
		return wrong("--vmsas", "1 to 4096", text);
	arguments->launch.vmsas = (int)value;
	return true;
}

static bool take_time(struct arguments *arguments, const char *text)
{
	struct tm parts = {0};
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);

	if (!end || *end)
		return wrong("--time", "as in 2026-11-23T15:00:00Z", text);
	arguments->time = timegm(&parts);
	arguments->time_given = true;
	return true;
}

/* Options that name one file or value, by where they go. */
static const char **quote_target_of(struct arguments *arguments, int option)
{
	switch (option) {
	case OPTION_QUOTE:
		return &arguments->quote;
	case OPTION_QUOTE_SIGNATURE:
		return &arguments->quote_signature;
	case OPTION_QUOTE_NONCE:
		return &arguments->quote_nonce;
	case OPTION_QUOTE_NONCE_FILE:
		return &arguments->quote_nonce_file;
	case OPTION_EVENT_LOG:
		return &arguments->event_log;
	case OPTION_PCR_VALUES:
		return &arguments->pcr_values;
	case OPTION_AK:
		return &arguments->ak;
	case OPTION_CHALLENGE:
		return &arguments->challenge;
	case OPTION_RESPONSE:
		return &arguments->response;
	default:
		return NULL;
	}
}

static const char **target_of(struct arguments *arguments, int option)
{
	switch (option) {
	case OPTION_ROOT:
		return &arguments->root;
	case OPTION_MANIFEST:
		return &arguments->manifest;
	case OPTION_NONCE:
		return &arguments->nonce;
	case OPTION_NONCE_FILE:
		return &arguments->nonce_file;
	case OPTION_POLICY:
		return &arguments->policy;
	case OPTION_JSON:
		return &arguments->json;
	case OPTION_EAR:
		return &arguments->ear;
	case OPTION_SIGN:
		return &arguments->sign;
	default:
		return quote_target_of(arguments, option);
	}
}

static struct argument_list *list_of(struct arguments *arguments, int option)
{
	switch (option) {
	case OPTION_CERTIFICATES:
		return &arguments->certificates;
	case OPTION_CRL:
		return &arguments->crls;
	case OPTION_IGVM:
		return &arguments->igvms;
	case OPTION_REFERENCE:
		return &arguments->references;
	case OPTION_MEASUREMENT:
		return &arguments->measurements;
	case OPTION_VTPM_CERTIFICATE:
		return &arguments->vtpm_certificates;
	default:
		return NULL;
	}
}

static bool take(struct arguments *arguments, int option, const char *name, const char *value)
{
	if (list_of(arguments, option))
		return add(list_of(arguments, option), name, value);
	if (target_of(arguments, option))
		return set("verify", target_of(arguments, option), name, value);
	switch (option) {
	case OPTION_ORDER:
		return take_order(arguments, value);
	case OPTION_VMSAS:
		return take_vmsas(arguments, value);
	case OPTION_TIME:
		return take_time(arguments, value);
	case OPTION_QUIET:
		arguments->quiet = true;
		return true;
	default:
		return false;
	}
}

static bool missing(const char *text)
{
	usage_error("verify", "%s", text);
	return false;
}

/* What is about a quote, without one; or not all of what belongs together. */
static bool check_quote(const struct arguments *arguments)
{
	if (!arguments->quote != !arguments->quote_signature)
		return missing("--quote and --quote-signature belong together");
	if (!arguments->challenge != !arguments->response)
		return missing("--challenge and --response belong together");
	if (arguments->challenge && !arguments->ak)
		return missing("--challenge needs --ak, the key that it was for");
	if (arguments->quote_nonce && arguments->quote_nonce_file)
		return missing("--quote-nonce and --quote-nonce-file exclude each other");
	if (arguments->event_log && arguments->pcr_values)
		return missing("--event-log and --pcr-values exclude each other");
	if (!arguments->quote && (arguments->event_log || arguments->pcr_values || arguments->ak ||
					 arguments->quote_nonce || arguments->quote_nonce_file ||
					 arguments->vtpm_certificates.count))
		return missing("evidence of the vTPM is of use only with --quote");
	return true;
}

static bool check(const struct arguments *arguments)
{
	if (!arguments->report)
		return missing("one report is needed");
	if (!arguments->certificates.count)
		return missing("--certificates is needed: those of the key that signed the report");
	if (!arguments->igvms.count && !arguments->references.count &&
		!arguments->measurements.count)
		return missing("--igvm, --reference or --measurement is needed: what was launched");
	if (arguments->nonce && arguments->nonce_file)
		return missing("--nonce and --nonce-file exclude each other");
	if (arguments->manifest && !arguments->nonce && !arguments->nonce_file)
		return missing("--manifest needs --nonce, which binds it to the report");
	if (arguments->sign && !arguments->ear)
		return missing("--sign is for --ear");
	return check_quote(arguments);
}

bool arguments_read(int argc, char **argv, struct arguments *arguments)
{
	int option, index;

	*arguments = (struct arguments){
		.launch = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE}, .time = time(NULL)};
	while ((option = getopt_long(argc, argv, "", long_options, &index)) != -1) {
		if (option == '?' || !take(arguments, option, long_options[index].name, optarg))
			return false; /* of '?' getopt has said what is wrong */
	}
	if (argc - optind > 1)
		return missing("only one report can be judged at a time");
	arguments->report = argv[optind];
	return check(arguments);
}

bool arguments_read_texts(int argc, char **argv, const struct option *options, const char **texts)
{
	int option, index;

	for (index = 0; options[index].name; index++)
		texts[index] = NULL;
	while ((option = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (option == '?' || !set(argv[0], &texts[index], options[index].name, optarg))
			return false; /* of '?' getopt has said what is wrong */
	}
	return true;
}
