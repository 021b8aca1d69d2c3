/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of nacre-verify as a person or a script calls them: exit
 * status, what they print where, the files that they write.
 */
#include "tests/unit/unit_test.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <unistd.h>

#include "tests/unit/folder_fixture.h"
#include "tests/unit/key_fixture.h"
#include "tests/unit/run_command.h"
#include "tests/unit/verify_fixture.h"
#include "tools/common/cose.h"
#include "tools/common/files.h"
#include "tools/common/text.h"
#include "tools/verify/commands.h"
#include "tools/verify/reference.h"

const char program_name[] = "nacre-verify";

#define IGVM "tests/unit/vectors/min_v1.igvm"
#define NONCE                                                              \
	"dadadadadadadadadadadadadadadadadadadadadadadadadadadadadadadada" \
	"dadadadadadadadadadadadadadadadadadadadadadadadadadadadadadadada"
#define WHEN "--time", "2026-11-23T15:00:00Z"

static void read_text(const char *path, char *text, size_t size)
{
	struct blob blob = read_file(path);

	assert_true(blob.size < size);
	if (blob.size)
		memcpy(text, blob.bytes, blob.size);
	text[blob.size] = '\0';
	free((void *)blob.bytes);
}

static void write_certificate(const char *name, X509 *certificate)
{
	FILE *file = fopen(in(name), "wb");

	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, certificate), 1);
	assert_int_equal(fclose(file), 0);
}

/* A report of the image IGVM. */
static void make_report(struct snp_report *report)
{
	const struct launch_options options = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE};
	struct reference reference = {.count = 0};
	struct blob image = read_file(IGVM);
	struct tool_error error;

	if (!reference_add_igvm(&reference, &image, IGVM, &options, &error))
		fail_msg("%s", error.text);
	fixture_report(report);
	memcpy(report->measurement, reference.values[0].measurement, SNP_DIGEST_SIZE);
	if (reference.values[0].has_policy)
		report->policy = reference.values[0].policy;
	fixture_sign(report, fixture_link_key(FIXTURE_VCEK));
	free((void *)image.bytes);
}

static void make_reports(void)
{
	const struct snp_report_rsp empty = {.report_size = sizeof(struct snp_report)};
	struct snp_report_rsp response = empty;
	uint8_t nonce[64];
	struct blob nonce_blob = {nonce, sizeof(nonce)};
	struct buffer manifest = {0};
	struct snp_report report;

	make_report(&report);
	write_file("report", &report, sizeof(report));
	response.report = report;
	write_file("response", &response, sizeof(response));
	report.host_data[0] ^= 1;
	write_file("forged", &report, sizeof(report));
	write_file("short", &report, sizeof(report) - 1);
	make_report(&report);
	memset(nonce, 0xda, sizeof(nonce));
	write_file("nonce", nonce, sizeof(nonce));
	fixture_manifest(&manifest);
	write_file("manifest", manifest.bytes, manifest.size);
	report.vmpl = 0;
	fixture_bind(&report, &nonce_blob, &manifest);
	fixture_sign(&report, fixture_link_key(FIXTURE_VCEK));
	write_file("service", &report, sizeof(report));
	buffer_free(&manifest);
}

static void make_images(void)
{
	struct blob image = read_file(IGVM);

	((uint8_t *)image.bytes)[image.size - 4096] ^= 1; /* of the last page */
	write_file("other.igvm", image.bytes, image.size);
	free((void *)image.bytes);
}

static void make_certificates(void)
{
	struct buffer table = {0};
	uint8_t *list = NULL;
	int size;

	fixture_table(&table, FIXTURE_VCEK, FIXTURE_ASK);
	write_file("table", table.bytes, table.size);
	buffer_free(&table);
	write_certificate("ark.pem", fixture_certificate(FIXTURE_ARK));
	write_certificate("ask.pem", fixture_certificate(FIXTURE_ASK));
	write_certificate("vcek.pem", fixture_certificate(FIXTURE_VCEK));
	for (int revoking = 0; revoking < 2; revoking++) {
		size = i2d_X509_CRL(fixture_crl(revoking), &list);
		assert_true(size > 0);
		write_file(revoking ? "revoked.crl" : "empty.crl", list, (size_t)size);
		OPENSSL_free(list);
		list = NULL;
	}
}

static int make_folder(void **state)
{
	(void)state;
	folder_make();
	fixture_chain("Milan");
	make_reports();
	make_images();
	make_certificates();
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	fixture_chain_free();
	return folder_remove();
}

#define verify(...) run(command_verify, "verify", __VA_ARGS__)
#define TABLE "--certificates", in("table"), "--root", in("ark.pem"), WHEN

static void a_good_report(void **state)
{
	(void)state;
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--nonce", NONCE), 0);
	assert_string_equal(ran_err, "");
	assert_says(ran_out, "\n  trust anchor         ok           TEST ARK-Milan\n");
	assert_says(ran_out, "NOT AMD's; trusted because --root names it");
	assert_says(ran_out, "\n  revocation           not checked  no --crl was given\n");
	assert_says(ran_out, "the time is that of --time");
	assert_says(ran_out, "that of " IGVM ", in the order of QEMU");
	assert_says(ran_out, "\nverdict: accepted; ");
	assert_int_equal(
		verify(in("response"), TABLE, "--igvm", IGVM, "--crl", in("empty.crl")), 0);
	assert_says(ran_out, "no --nonce: the report may be an old one");
	assert_int_equal(verify(in("report"), "--certificates", in("vcek.pem"), "--certificates",
				 in("ask.pem"), "--root", in("ark.pem"), WHEN, "--igvm", IGVM),
		0);
}

static void a_service_report(void **state)
{
	(void)state;
	assert_int_equal(verify(in("service"), TABLE, "--igvm", IGVM, "--nonce-file", in("nonce"),
				 "--manifest", in("manifest")),
		0);
	assert_says(ran_out, "SHA-512 of nonce and manifest");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--nonce", NONCE, "--manifest",
				 in("manifest")),
		1);
	assert_says(ran_out, "\n  VMPL                 REFUSED      2\n");
	assert_says(ran_out, "expected     0: a service report");
}

static void refusals(void **state)
{
	(void)state;
	assert_int_equal(verify(in("report"), TABLE, "--igvm", in("other.igvm")), 1);
	assert_says(ran_out, "\n  measurement          REFUSED ");
	assert_says(ran_out, "\nverdict: REFUSED, 1 of ");
	assert_int_equal(verify(in("forged"), TABLE, "--igvm", IGVM), 1);
	assert_says(ran_out, "\n  report's signature   REFUSED      NOT made by that VCEK\n");
	assert_int_equal(verify(in("short"), TABLE, "--igvm", IGVM), 1);
	assert_says(ran_out, "offset 0x49f: 1183 bytes; a report has 1184");
	assert_int_equal(
		verify(in("report"), "--certificates", in("table"), WHEN, "--igvm", IGVM), 1);
	assert_says(ran_out, "\n  trust anchor         REFUSED      TEST ARK-Milan\n");
	assert_int_equal(
		verify(in("report"), TABLE, "--igvm", IGVM, "--crl", in("revoked.crl")), 1);
	assert_says(ran_out, "TEST SEV-Milan is revoked");
	assert_int_equal(
		verify(in("report"), TABLE, "--igvm", IGVM, "--certificates", in("report")), 1);
	assert_says(ran_out, "/report: offset 0x0: entry 0 of the certificate table");
}

static void wrong_use(void **state)
{
	(void)state;
	assert_int_equal(verify(TABLE, "--igvm", IGVM), 2);
	assert_says(
		ran_err, "nacre-verify verify: one report is needed; see nacre-verify --help\n");
	assert_int_equal(verify(in("report"), in("report"), TABLE, "--igvm", IGVM), 2);
	assert_says(ran_err, "only one report");
	assert_int_equal(verify(in("report"), "--igvm", IGVM), 2);
	assert_says(ran_err, "--certificates is needed");
	assert_int_equal(verify(in("report"), TABLE), 2);
	assert_says(ran_err, "--igvm, --reference or --measurement is needed");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--manifest", "m"), 2);
	assert_says(ran_err, "--manifest needs --nonce");
	assert_int_equal(verify(in("report"), TABLE, "--measurement", "00"), 2);
	assert_says(ran_err, "96 hexadecimal digits");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--nonce", "abc"), 2);
	assert_says(ran_err, "--nonce is an even number");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--nonce", ""), 2);
	assert_says(ran_err, "the nonce is empty");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--nonce", NONCE,
				 "--nonce-file", in("nonce")),
		2);
	assert_says(ran_err, "exclude each other");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--sign", "key"), 2);
	assert_says(ran_err, "--sign is for --ear");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--root", "again"), 2);
	assert_says(ran_err, "--root was given twice");
	assert_string_equal(ran_out, "");
}

static void values_of_options(void **state)
{
	static const char *const cases[][3] = {{"--order", "random", "qemu or file"},
		{"--vmsas", "0", "1 to 4096"}, {"--vmsas", "4097", "1 to 4096"},
		{"--time", "yesterday", "as in 2026"}, {"--time", "2026-11-23", "as in 2026"},
		{"--time", "2026-11-23T15:00:00Z!", "as in 2026"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(
			verify(in("report"), TABLE, "--igvm", IGVM, cases[i][0], cases[i][1]), 2);
		assert_says(ran_err, cases[i][2]);
	}
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--trust-me"), 2);
	assert_int_equal(verify(in("report"), TABLE, "--igvm"), 2);
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--order", "file"), 1);
}

static void files_that_cannot_be_read(void **state)
{
	(void)state;
	assert_int_equal(verify(in("absent"), TABLE, "--igvm", IGVM), 2);
	assert_says(ran_err, "/absent: cannot be opened: No such file");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", in("table")), 2);
	assert_says(ran_err, "nacre-verify: ");
	assert_says(ran_err, "/table: offset 0x");
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--crl", in("table")), 2);
	assert_says(ran_err, "/table: offset 0x0: no certificate revocation list");
	assert_int_equal(verify(in("report"), TABLE, "--reference", in("table")), 2);
	assert_says(ran_err, "/table: offset 0x");
	assert_int_equal(verify(in("report"), "--certificates", in("table"), "--root", in("table"),
				 "--igvm", IGVM),
		2);
	assert_says(ran_err, "/table: offset 0x0: 3 certificates in it, not one");
	assert_string_equal(ran_out, "");
}

static void policies(void **state)
{
	static const char strict[] = "{\"version\": 1, \"vmpls\": [0]}";
	static const char wrong[] = "{\"version\": 1, \"vmpl\": [2]}";

	(void)state;
	write_file("policy", strict, strlen(strict));
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--policy", in("policy")), 1);
	assert_says(ran_out, "expected     one of 0\n");
	write_file("policy", wrong, strlen(wrong));
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--policy", in("policy")), 2);
	assert_says(ran_err, "/policy: unknown key \"vmpl\"\n");
	write_file("policy", "{\"version\":\n}", 13);
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--policy", in("policy")), 2);
	assert_says(ran_err, "/policy: offset 0xd: line 2 of the JSON");
}

static void reference_values(void **state)
{
	struct snp_report report;
	char digest[97], text[256];

	(void)state;
	make_report(&report);
	hex_encode(report.measurement, SNP_DIGEST_SIZE, digest);
	assert_int_equal(verify(in("report"), TABLE, "--measurement", digest), 0);
	snprintf(text, sizeof(text),
		"{\"platforms\": [{\"platform\": \"sev-snp\", \"measurement\": \"%s\","
		" \"policy\": \"0x%lx\"}]}",
		digest, report.policy);
	write_file("values", text, strlen(text));
	assert_int_equal(verify(in("report"), TABLE, "--reference", in("values")), 0);
	digest[5] ^= 1;
	assert_int_equal(verify(in("report"), TABLE, "--measurement", digest), 1);
	assert_int_equal(
		verify(in("report"), TABLE, "--measurement", digest, "--reference", in("values")),
		0);
}

static void json(void **state)
{
	char text[32768];
	json_t *root, *row;

	(void)state;
	assert_int_equal(verify(in("report"), TABLE, "--igvm", in("other.igvm"), "--json", "-"), 1);
	root = json_loads(ran_out, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "verdict")), "refused");
	assert_int_equal(json_integer_value(json_object_get(root, "refused")), 1);
	assert_true(json_is_false(json_object_get(root, "amd_root")));
	row = json_array_get(json_object_get(root, "checks"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "check")), "report-form");
	assert_string_equal(json_string_value(json_object_get(row, "verdict")), "ok");
	json_decref(root);
	assert_int_equal(
		verify(in("report"), TABLE, "--igvm", IGVM, "--json", in("json"), "--quiet"), 0);
	assert_string_equal(ran_out, "");
	read_text(in("json"), text, sizeof(text));
	assert_says(text, "\"verdict\": \"accepted\"");
	assert_int_equal(
		verify(in("report"), TABLE, "--igvm", IGVM, "--json", in("absent/json")), 2);
	assert_says(ran_err, "cannot be created");
}

/* The claims of an EAR; to be freed. */
static cbor_item_t *claims_of(const struct blob *blob)
{
	struct tool_error error;
	cbor_item_t *claims = dcbor_decode(blob->bytes, blob->size, &error);

	if (!claims)
		fail_msg("%s", error.text);
	return claims;
}

static const cbor_item_t *appraisal_of(const cbor_item_t *claims)
{
	const cbor_item_t *appraisal = dcbor_get_text(dcbor_get_int(claims, 266), "sev-snp");

	assert_non_null(appraisal);
	return appraisal;
}

static void results_as_ear(void **state)
{
	struct blob blob, nonce;
	const cbor_item_t *appraisal;
	cbor_item_t *claims;

	(void)state;
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--nonce", NONCE, "--crl",
				 in("empty.crl"), "--ear", in("ear")),
		0);
	blob = read_file(in("ear"));
	claims = claims_of(&blob);
	assert_true(dcbor_is_text(dcbor_get_int(claims, 265), "tag:ietf.org,2026:rats/ear#03"));
	assert_true(dcbor_get_bytes(dcbor_get_int(claims, 10), &nonce));
	assert_int_equal(nonce.size, 64);
	appraisal = appraisal_of(claims);
	/* Not AMD's root: a warning, and nothing said about the hardware. */
	assert_true(dcbor_is_int(dcbor_get_int(appraisal, 1000), 32));
	assert_null(dcbor_get_int(dcbor_get_int(appraisal, 1001), 4));
	assert_true(dcbor_is_int(dcbor_get_int(dcbor_get_int(appraisal, 1001), 2), 3));
	dcbor_free(claims);
	free((void *)blob.bytes);
}

static void refusals_as_ear(void **state)
{
	static const struct {
		const char *report, *image;
		int key, value;
	} cases[] = {{"report", "other.igvm", 2, 33}, {"forged", "other.igvm", 2, 99},
		{"forged", "other.igvm", 4, 99}, {"short", "other.igvm", 4, 99}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const cbor_item_t *appraisal;
		cbor_item_t *claims;
		struct blob blob;

		assert_int_equal(verify(in(cases[i].report), TABLE, "--igvm", in(cases[i].image),
					 "--ear", in("ear")),
			1);
		blob = read_file(in("ear"));
		claims = claims_of(&blob);
		appraisal = appraisal_of(claims);
		assert_true(dcbor_is_int(dcbor_get_int(appraisal, 1000), 96));
		assert_true(
			dcbor_is_int(dcbor_get_int(dcbor_get_int(appraisal, 1001), cases[i].key),
				cases[i].value));
		dcbor_free(claims);
		free((void *)blob.bytes);
	}
}

static void signed_results(void **state)
{
	EVP_PKEY *key = fixture_key("P-384", FIXTURE_P384_SECRET);
	struct cose_message message;
	struct tool_error error;
	cbor_item_t *claims;
	struct blob blob;

	(void)state;
	fixture_write_key(key, in("key.pem"));
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--ear", in("ear"), "--sign",
				 in("key.pem")),
		0);
	blob = read_file(in("ear"));
	assert_true(cose_read(blob.bytes, blob.size, &message, &error));
	assert_true(cose_verify(key, &message, &error));
	claims = claims_of(&message.payload);
	appraisal_of(claims);
	dcbor_free(claims);
	cose_free(&message);
	free((void *)blob.bytes);
	EVP_PKEY_free(key);
	assert_int_equal(verify(in("report"), TABLE, "--igvm", IGVM, "--ear", in("ear2"), "--sign",
				 in("ark.pem")),
		2);
	assert_says(ran_err, "/ark.pem: ");
	assert_int_equal(access(in("ear2"), F_OK), -1);
}

static void explanations(void **state)
{
	(void)state;
	assert_int_equal(run(command_explain, "explain", in("report")), 0);
	assert_says(ran_out, "  0x000  version              5\n");
	assert_says(ran_out, "bit 16 yes  simultaneous multithreading is allowed");
	assert_says(ran_out, "bootloader 4, tee 0, snp 24, microcode 219");
	assert_says(ran_out, "reserved bytes are as they must be");
	assert_int_equal(run(command_explain, "explain", in("response")), 0);
	assert_says(ran_out, "  0x030  VMPL                 2\n");
	assert_int_equal(run(command_explain, "explain", in("table")), 0);
	assert_says(ran_out, "certificate table, 3 entries\n");
	assert_says(ran_out, "63da758d-e664-4564-adc5-f4b93be8accd  VCEK\n");
	assert_says(ran_out, "certificate of TEST SEV-VCEK\n");
	assert_says(ran_out, "VCEK of a Milan-B1\n");
	assert_int_equal(run(command_explain, "explain", in("vcek.pem")), 0);
	assert_says(ran_out, "  in the name of TEST SEV-Milan\n");
	assert_int_equal(run(command_explain, "explain", in("manifest")), 0);
	assert_says(ran_out, "services manifest, 1 service(s)\n");
	assert_says(ran_out, "b1c5b29f-7e61-4a2e-9d3c-52a1f06ed8e4  nacre-platform\n");
	assert_says(ran_out, "    \"version\": \"0.1\"\n");
}

static void what_cannot_be_explained(void **state)
{
	(void)state;
	assert_int_equal(run(command_explain, "explain", in("nonce")), 2);
	assert_says(ran_err, "/nonce: 64 bytes that are no report");
	assert_int_equal(run(command_explain, "explain", in("absent")), 2);
	assert_says(ran_err, "cannot be opened");
	assert_int_equal(run(command_explain, "explain"), 2);
	assert_says(ran_err, "one file is needed");
	assert_int_equal(run(command_explain, "explain", "--all", in("report")), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_report),
		cmocka_unit_test(a_service_report),
		cmocka_unit_test(refusals),
		cmocka_unit_test(wrong_use),
		cmocka_unit_test(values_of_options),
		cmocka_unit_test(files_that_cannot_be_read),
		cmocka_unit_test(policies),
		cmocka_unit_test(reference_values),
		cmocka_unit_test(json),
		cmocka_unit_test(results_as_ear),
		cmocka_unit_test(refusals_as_ear),
		cmocka_unit_test(signed_results),
		cmocka_unit_test(explanations),
		cmocka_unit_test(what_cannot_be_explained),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
