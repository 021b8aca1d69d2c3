/* SPDX-License-Identifier: MIT */
/*
 * Policies and reference values: what is read, and that nothing unknown or
 * misshapen is passed over.
 */
#include "tests/unit/unit_test.h"

#include <openssl/evp.h>

#include "tests/unit/key_fixture.h"
#include "tools/common/files.h"
#include "tools/igvm/id_block.h"
#include "tools/verify/policy.h"
#include "tools/verify/reference.h"
#include "tools/verify/report.h"

#define HEX16 "000102030405060708090a0b0c0d0e0f"
#define HEX32 HEX16 HEX16
#define HEX48 HEX32 HEX16

static struct tool_error error;
static struct policy policy;
static struct reference reference;

static bool reads(const char *text)
{
	const struct blob blob = {(const uint8_t *)text, strlen(text)};

	return policy_read(&blob, &policy, &error);
}

static void the_default(void **state)
{
	(void)state;
	assert_true(reads("{\"version\": 1}"));
	assert_int_equal(policy.vmpls, 7);
	assert_false(policy.allow_debug);
	assert_false(policy.allow_migration_agent);
	assert_false(policy.any_guest_policy);
	assert_false(policy.has_tcb);
}

static void all_keys(void **state)
{
	(void)state;
	assert_true(reads("{\"version\": 1, \"comment\": \"for the web servers\","
			  "\"report_versions\": [3, 5], \"signing_keys\": [\"vcek\"],"
			  "\"vmpls\": [2, 3],"
			  "\"minimum_tcb\": {\"Milan\": {\"bootloader\": 4, \"microcode\": 219},"
			  "                  \"Turin\": {\"fmc\": 1}},"
			  "\"guest_policy_required\": [\"single_socket\"],"
			  "\"guest_policy_forbidden\": [\"smt\", \"cxl\"],"
			  "\"allow_debug\": true, \"allow_migration_agent\": false,"
			  "\"any_guest_policy\": true, \"minimum_guest_svn\": 4294967295,"
			  "\"host_data\": [\"" HEX32 "\"], \"id_key_digests\": [\"" HEX48 "\"],"
			  "\"author_key_digests\": [\"" HEX48 "\", \"" HEX48 "\"],"
			  "\"family_ids\": [\"" HEX16 "\"], \"image_ids\": [\"" HEX16 "\"],"
			  "\"require\": [\"nonce\", \"crl\", \"manifest\"]}"));
	assert_int_equal(policy.report_versions, BIT(3) | BIT(5));
	assert_int_equal(policy.signing_keys, BIT(SNP_SIGNER_VCEK));
	assert_int_equal(policy.vmpls, BIT(2) | BIT(3));
	assert_true(policy.has_line[PRODUCT_MILAN] && policy.has_line[PRODUCT_TURIN]);
	assert_false(policy.has_line[PRODUCT_GENOA]);
	assert_int_equal(policy.tcb[PRODUCT_MILAN], 0xdb00000000000004);
	assert_int_equal(policy.tcb[PRODUCT_TURIN], 1);
	assert_int_equal(policy.bits_required, BIT(20));
	assert_int_equal(policy.bits_forbidden, BIT(16) | BIT(21));
	assert_true(policy.allow_debug && policy.any_guest_policy);
	assert_int_equal(policy.guest_svn, UINT32_MAX);
	assert_int_equal(policy.author_keys.count, 2);
	assert_int_equal(policy.host_data.values[0][31], 15);
	assert_true(policy.require_nonce && policy.require_crl && policy.require_manifest);
	assert_true(policy_has_value(&policy.family_ids, policy.image_ids.values[0], 16));
}

/* The manual page shows it. */
static void the_example_of_the_documentation(void **state)
{
	static char text[8192];
	FILE *file = fopen("docs/policy-example.json", "rb");

	(void)state;
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	if (!reads(text))
		fail_msg("%s", error.text);
	assert_int_equal(policy.image_ids.count, 2);
	assert_true(policy.require_nonce && policy.require_crl && policy.require_quote &&
		    policy.pcr_count);
}

struct bad {
	const char *text, *says;
};

static void what_is_wrong_is_named(void **state)
{
	static const struct bad cases[] = {
		{"", "line"},
		{"[]", "a JSON object"},
		{"{}", "\"version\" is missing"},
		{"{\"version\": 2}", "\"version\" must be 1"},
		{"{\"version\": \"1\"}", "\"version\" must be 1"},
		{"{\"version\": 1,}", "line 1"},
		{"{\"version\": 1, \"version\": 1}", "duplicate"},
		{"{\"version\": 1, \"allow_debugging\": true}", "unknown key \"allow_debugging\""},
		{"{\"version\": 1, \"Allow_debug\": true}", "unknown key \"Allow_debug\""},
		{"{\"version\": 1, \"allow_debug\": 1}", "\"allow_debug\" must be true or false"},
		{"{\"version\": 1, \"comment\": 1}", "\"comment\" must be"},
		{"{\"version\": 1, \"report_versions\": []}", "\"report_versions\" must be"},
		{"{\"version\": 1, \"report_versions\": [1]}", "\"report_versions\" must be"},
		{"{\"version\": 1, \"report_versions\": [6]}", "\"report_versions\" must be"},
		{"{\"version\": 1, \"report_versions\": 3}", "\"report_versions\" must be"},
		{"{\"version\": 1, \"signing_keys\": [\"VCEK\"]}", "\"signing_keys\" must be"},
		{"{\"version\": 1, \"signing_keys\": {}}", "\"signing_keys\" must be"},
		{"{\"version\": 1, \"vmpls\": [4]}", "\"vmpls\" must be"},
		{"{\"version\": 1, \"vmpls\": [-1]}", "\"vmpls\" must be"},
		{"{\"version\": 1, \"vmpls\": [0.0]}", "\"vmpls\" must be"},
		{"{\"version\": 1, \"minimum_tcb\": {}}", "\"minimum_tcb\" must be"},
		{"{\"version\": 1, \"minimum_tcb\": {\"Milan\": {}}}", "at least one part"},
		{"{\"version\": 1, \"minimum_tcb\": {\"Milan-B0\": {\"snp\": 1}}}", "no product"},
		{"{\"version\": 1, \"minimum_tcb\": {\"Rome\": {\"snp\": 1}}}", "\"Rome\""},
		{"{\"version\": 1, \"minimum_tcb\": {\"Milan\": {\"fmc\": 1}}}", "part \"fmc\""},
		{"{\"version\": 1, \"minimum_tcb\": {\"Milan\": {\"snp\": 256}}}", "0 to 255"},
		{"{\"version\": 1, \"minimum_tcb\": {\"Milan\": {\"snp\": \"1\"}}}", "0 to 255"},
		{"{\"version\": 1, \"guest_policy_required\": [\"fast\"]}", "value 1: no such bit"},
		{"{\"version\": 1, \"guest_policy_forbidden\": [1]}", "value 1: no such bit"},
		{"{\"version\": 1, \"guest_policy_forbidden\": []}", "must be a list"},
		{"{\"version\": 1, \"guest_policy_required\": [\"smt\"],"
		 "\"guest_policy_forbidden\": [\"smt\"]}",
			"both required and forbidden"},
		{"{\"version\": 1, \"minimum_guest_svn\": -1}", "\"minimum_guest_svn\" must be"},
		{"{\"version\": 1, \"minimum_guest_svn\": 4294967296}", "must be a number"},
		{"{\"version\": 1, \"host_data\": []}", "at least one value"},
		{"{\"version\": 1, \"host_data\": \"" HEX32 "\"}", "at least one value"},
		{"{\"version\": 1, \"host_data\": [\"" HEX16 "\"]}", "64 hexadecimal digits"},
		{"{\"version\": 1, \"host_data\": [\"" HEX48 "\"]}", "64 hexadecimal digits"},
		{"{\"version\": 1, \"id_key_digests\": [\"" HEX48 "\", 7]}", "value 2: 96 hex"},
		{"{\"version\": 1, \"require\": []}", "\"require\" must be"},
		{"{\"version\": 1, \"require\": [\"everything\"]}", "\"require\" must be"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (reads(cases[i].text))
			fail_msg("%s is accepted", cases[i].text);
		if (!strstr(error.text, cases[i].says))
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].text, error.text,
				cases[i].says);
	}
}

static void too_many_values(void **state)
{
	struct buffer text = {0};

	(void)state;
	buffer_append(&text, "{\"version\": 1, \"family_ids\": [", 30);
	for (int i = 0; i < POLICY_VALUES_MAX; i++)
		buffer_append(&text, "\"" HEX16 "\",", 35);
	buffer_append(&text, "\"" HEX16 "\"]}", 37);
	buffer_append_zeros(&text, 1);
	assert_false(reads((const char *)text.bytes));
	assert_non_null(strstr(error.text, "more than 64 values"));
	buffer_free(&text);
}

static bool reference_reads(const char *text)
{
	const struct blob blob = {(const uint8_t *)text, strlen(text)};

	reference.count = 0;
	return reference_add_json(&reference, &blob, "values.json", &error);
}

static void reference_values(void **state)
{
	(void)state;
	assert_true(reference_reads(
		"{\"platforms\": [{\"platform\": \"tdx\", \"measurement\": \"00\"},"
		"{\"platform\": \"sev-snp\", \"measurement\": \"" HEX48 "\", \"vmsa\": \"file\","
		"\"policy\": \"0x30000\", \"family_id\": \"" HEX16 "\", \"image_id\": null,"
		"\"svn\": 5, \"id_key_digest\": \"" HEX48 "\", \"author_key_digest\": null,"
		"\"sev_features\": \"0x9\"}], \"inputs\": []}"));
	assert_int_equal(reference.count, 1);
	assert_int_equal(reference.values[0].measurement[47], 15);
	assert_string_equal(reference.values[0].source, "values.json, VMSA file");
	assert_true(reference.values[0].has_policy && reference.values[0].policy == 0x30000);
	assert_true(reference.values[0].has_family_id && !reference.values[0].has_image_id);
	assert_true(reference.values[0].has_svn && reference.values[0].svn == 5);
	assert_true(reference.values[0].has_id_key && reference.values[0].id_key[47] == 15);
	assert_false(reference.values[0].has_author_key);
	assert_non_null(reference_find(&reference, reference.values[0].measurement));
}

static struct blob read_image(void)
{
	struct blob image;

	if (!file_read("tests/unit/vectors/min_v1.igvm", &image, &error))
		fail_msg("%s", error.text);
	return image;
}

/* Of a signed image the keys count, too; its digest stays the same. */
static void signed_images(void **state)
{
	const struct launch_options launch = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE};
	EVP_PKEY *key = fixture_key("P-384", FIXTURE_P384_SECRET);
	const struct id_block_options options = {.id_key = key, .guest_svn = 4};
	struct blob image = read_image(), with_block;
	struct buffer out = {0};
	struct igvm_file file;

	(void)state;
	assert_true(igvm_parse(image.bytes, image.size, &file, &error));
	if (!id_block_sign(&file, &options, &out, &error))
		fail_msg("%s", error.text);
	igvm_free(&file);
	with_block = (struct blob){out.bytes, out.size};
	reference.count = 0;
	assert_true(reference_add_igvm(&reference, &image, "plain", &launch, &error));
	assert_true(reference_add_igvm(&reference, &with_block, "signed", &launch, &error));
	assert_memory_equal(
		reference.values[0].measurement, reference.values[1].measurement, SNP_DIGEST_SIZE);
	assert_false(reference.values[0].has_id_key || reference.values[0].has_svn);
	assert_true(reference.values[1].has_id_key && !reference.values[1].has_author_key);
	assert_true(reference.values[1].has_svn && reference.values[1].svn == 4);
	assert_false(all_bytes(reference.values[1].id_key, SNP_DIGEST_SIZE, 0));
	free((void *)image.bytes);
	buffer_free(&out);
	EVP_PKEY_free(key);
}

static void bad_reference_values(void **state)
{
#define SNP "{\"platforms\": [{\"platform\": \"sev-snp\", "
	static const struct bad cases[] = {
		{"{", "line"},
		{"{}", "no list \"platforms\""},
		{"{\"platforms\": {}}", "no list \"platforms\""},
		{"{\"platforms\": []}", "no entry of \"platforms\" is for sev-snp"},
		{"{\"platforms\": [7]}", "entry 1 of \"platforms\" names none"},
		{SNP "\"policy\": \"0x1\"}]}", "no \"measurement\""},
		{SNP "\"measurement\": \"" HEX32 "\"}]}", "\"measurement\" must be 96"},
		{SNP "\"measurement\": 1}]}", "\"measurement\" must be 96"},
		{SNP "\"measurement\": \"" HEX48 "\", \"policy\": 7}]}", "\"policy\" must be"},
		{SNP "\"measurement\": \"" HEX48 "\", \"policy\": \"x\"}]}", "\"policy\" must be"},
		{SNP "\"measurement\": \"" HEX48 "\", \"policy\": \"30000\"}]}",
			"\"policy\" must be"},
		{SNP "\"measurement\": \"" HEX48 "\", \"svn\": -1}]}", "\"svn\" must be"},
		{SNP "\"measurement\": \"" HEX48 "\", \"image_id\": \"00\"}]}", "\"image_id\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (reference_reads(cases[i].text))
			fail_msg("%s is accepted", cases[i].text);
		if (!strstr(error.text, cases[i].says))
			fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].text, error.text,
				cases[i].says);
	}
}

static void measurements_as_text(void **state)
{
	(void)state;
	reference.count = 0;
	assert_true(reference_add_text(&reference, HEX48, &error));
	assert_false(reference_add_text(&reference, HEX32, &error));
	assert_false(reference_add_text(&reference, HEX48 "00", &error));
	reference.count = REFERENCE_VALUES_MAX;
	assert_false(reference_add_text(&reference, HEX48, &error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default),
		cmocka_unit_test(all_keys),
		cmocka_unit_test(the_example_of_the_documentation),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(too_many_values),
		cmocka_unit_test(reference_values),
		cmocka_unit_test(signed_images),
		cmocka_unit_test(bad_reference_values),
		cmocka_unit_test(measurements_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
