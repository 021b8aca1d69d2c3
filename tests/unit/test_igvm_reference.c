/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm reference-values: JSON and CoRIM held against what
 * docs/reference-values.cddl says, member by member, with and without an ID
 * block; equal bytes for equal inputs; signatures; what is refused.
 */
#include "tests/unit/unit_test.h"

#include <jansson.h>
#include <openssl/evp.h>

#include "igvm_fixture.h"
#include "tests/unit/folder_fixture.h"
#include "tests/unit/key_fixture.h"
#include "tests/unit/run_command.h"
#include "tools/common/cose.h"
#include "tools/common/files.h"
#include "tools/common/hash.h"
#include "tools/common/text.h"
#include "tools/igvm/build.h"
#include "tools/igvm/commands.h"

#define D16 "0123456789abcdef"
#define DIGEST D16 D16 D16 D16
#define RECORD "nacre 0.1 " DIGEST "\ncpp-12/cc1 12.2~deb12u1 " DIGEST "\n"
#define PLAIN "plain.igvm"
#define SIGNED "signed.igvm"

static char plain_path[64], signed_path[64], out_path[64], id_path[64], author_path[64];
static EVP_PKEY *id_key;

static void build_image(const char *path, const char *record, uint64_t sev_features)
{
	struct build_options options = {.policy = 0x30000,
		.mode = BUILD_KERNEL_UNCHECKED,
		.override_sev_features = true,
		.sev_features = sev_features};
	struct fixture_elf elf;
	struct buffer image = {0};
	struct tool_error error;

	if (record)
		options.inputs = (struct blob){(const uint8_t *)record, strlen(record)};
	fixture_elf(&elf);
	assert_true(igvm_build(
		&(struct blob){elf.file.bytes, elf.file.size}, &options, &image, &error));
	assert_true(file_write(path, image.bytes, image.size, &error));
	buffer_free(&elf.file);
	buffer_free(&image);
}

/* The digest that `measure` prints. */
static void measured(const char *path, char digest[97])
{
	assert_int_equal(run(command_measure, "measure", path), STATUS_OK);
	assert_int_equal(sscanf(ran_out, "launch digest %96s", digest), 1);
}

static void file_hash(const char *path, char text[65])
{
	struct blob blob = read_file(path);
	uint8_t digest[32];

	sha256(blob.bytes, blob.size, digest);
	hex_encode(digest, sizeof(digest), text);
	free((void *)blob.bytes);
}

static const char *member(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);

	assert_non_null(value);
	if (json_is_null(value))
		return "null";
	return json_string_value(value);
}

static void check_launch(const json_t *launch, const char *path, const char *name)
{
	char digest[97], hash[65];

	measured(path, digest);
	file_hash(path, hash);
	assert_int_equal(json_object_size(launch), 15);
	assert_int_equal(json_array_size(json_object_get(launch, "services")), 0);
	assert_string_equal(member(launch, "platform"), "sev-snp");
	assert_string_equal(member(launch, "measurement"), digest);
	assert_string_equal(member(launch, "sev_features"), "0x1");
	assert_string_equal(member(launch, "vmsa"), "of the file: 1");
	assert_int_equal(json_integer_value(json_object_get(launch, "vmsas")), 1);
	assert_string_equal(member(launch, "order"), "qemu");
	assert_string_equal(member(launch, "policy"), "0x30000");
	assert_string_equal(member(launch, "image"), name);
	assert_string_equal(member(launch, "image_sha256"), hash);
}

static void json_of_two_images(void **state)
{
	json_t *json, *platforms, *inputs, *launch;

	(void)state;
	assert_int_equal(run(command_reference_values, "reference-values", plain_path, signed_path),
		STATUS_OK);
	assert_string_equal(ran_err, "");
	json = json_loads(ran_out, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_object_size(json), 4);
	assert_string_equal(member(json, "format"), "nacre-reference-values");
	assert_int_equal(json_integer_value(json_object_get(json, "version")), 1);
	platforms = json_object_get(json, "platforms");
	assert_int_equal(json_array_size(platforms), 2);
	launch = json_array_get(platforms, 0);
	check_launch(launch, plain_path, PLAIN);
	assert_string_equal(member(launch, "family_id"), "null");
	assert_string_equal(member(launch, "author_key_digest"), "null");
	assert_true(json_is_null(json_object_get(launch, "svn")));
	launch = json_array_get(platforms, 1);
	check_launch(launch, signed_path, SIGNED);
	assert_string_equal(member(launch, "family_id"), D16 D16);
	assert_string_equal(member(launch, "image_id"), "00000000000000000000000000000000");
	assert_int_equal(json_integer_value(json_object_get(launch, "svn")), 7);
	assert_int_equal(strlen(member(launch, "id_key_digest")), 96);
	assert_int_equal(strlen(member(launch, "author_key_digest")), 96);
	inputs = json_object_get(json, "inputs");
	assert_int_equal(json_array_size(inputs), 2); /* of both images: the same lines */
	assert_string_equal(member(json_array_get(inputs, 0), "name"), "cpp-12/cc1");
	assert_string_equal(member(json_array_get(inputs, 1), "name"), "nacre");
	assert_string_equal(member(json_array_get(inputs, 1), "version"), "0.1");
	assert_string_equal(member(json_array_get(inputs, 1), "sha256"), DIGEST);
	json_decref(json);
}

/* ---- The CoRIM, as the CDDL has it ---- */

static void assert_members(const cbor_item_t *map, size_t count)
{
	assert_non_null(map);
	assert_true(cbor_isa_map(map));
	assert_int_equal(cbor_map_size(map), count);
}

static void assert_entries(const cbor_item_t *array, size_t count)
{
	assert_non_null(array);
	assert_true(cbor_isa_array(array));
	assert_int_equal(cbor_array_size(array), count);
}

/* What @item has inside its tag, which must be @tag. */
static const cbor_item_t *untag(const cbor_item_t *item, uint64_t tag)
{
	cbor_item_t *inner;

	assert_true(item && cbor_isa_tag(item));
	assert_int_equal(cbor_tag_value(item), tag);
	inner = cbor_tag_item(item);
	dcbor_free(inner); /* the tag still holds it */
	return inner;
}

static void assert_hex(const cbor_item_t *item, const char *expected)
{
	struct blob bytes = {0};
	char text[256];

	assert_true(dcbor_get_bytes(item, &bytes));
	assert_true(bytes.size < sizeof(text) / 2);
	hex_encode(bytes.bytes, bytes.size, text);
	assert_string_equal(text, expected);
}

static void assert_digest(const cbor_item_t *item, int64_t algorithm, const char *expected)
{
	assert_entries(item, 2);
	assert_true(dcbor_is_int(dcbor_at(item, 0), algorithm));
	assert_hex(dcbor_at(item, 1), expected);
}

/* Takes the next of @claims: key @key, and its value of kind @kind. */
static const cbor_item_t *next_claim(
	const cbor_item_t *claims, size_t *at, int64_t key, int64_t kind)
{
	const cbor_item_t *claim = dcbor_at(claims, (*at)++);

	assert_members(claim, 2);
	assert_true(dcbor_is_int(dcbor_get_int(claim, 0), key));
	assert_members(dcbor_get_int(claim, 1), 1);
	assert_non_null(dcbor_get_int(dcbor_get_int(claim, 1), kind));
	return dcbor_get_int(dcbor_get_int(claim, 1), kind);
}

static void check_claims(const cbor_item_t *claims, const json_t *launch)
{
	bool block = !json_is_null(json_object_get(launch, "svn"));
	const cbor_item_t *digests;
	size_t at = 0;

	assert_entries(claims, block ? 7 : 2);
	if (block)
		assert_true(dcbor_is_int(untag(next_claim(claims, &at, 1, 1), 552), 7));
	assert_hex(untag(next_claim(claims, &at, 2, 4), 560), "0000030000000000");
	if (block) {
		assert_hex(untag(next_claim(claims, &at, 3, 4), 560), member(launch, "family_id"));
		assert_hex(untag(next_claim(claims, &at, 4, 4), 560), member(launch, "image_id"));
	}
	digests = next_claim(claims, &at, 641, 2);
	assert_entries(digests, 1);
	assert_digest(dcbor_at(digests, 0), 7, member(launch, "measurement"));
	if (!block)
		return;
	digests = next_claim(claims, &at, 643, 2);
	assert_digest(dcbor_at(digests, 0), 7, member(launch, "id_key_digest"));
	digests = next_claim(claims, &at, 644, 2);
	assert_digest(dcbor_at(digests, 0), 7, member(launch, "author_key_digest"));
}

static void check_triples(const cbor_item_t *triples, const json_t *launch)
{
	static const char *const classes[] = {"06092b060104019c780301", "06092b060104019c780302"};

	assert_members(triples, 1);
	assert_entries(dcbor_get_int(triples, 0), 2);
	for (size_t i = 0; i < 2; i++) {
		const cbor_item_t *record = dcbor_at(dcbor_get_int(triples, 0), i);
		const cbor_item_t *class;

		assert_entries(record, 2);
		assert_members(dcbor_at(record, 0), 1);
		class = dcbor_get_int(dcbor_at(record, 0), 0);
		assert_members(class, 1);
		assert_hex(untag(dcbor_get_int(class, 0), 111), classes[i]);
		check_claims(dcbor_at(record, 1), launch);
	}
}

static void check_inputs(const cbor_item_t *inputs)
{
	assert_entries(inputs, 2);
	for (size_t i = 0; i < 2; i++) {
		const cbor_item_t *input = dcbor_at(inputs, i);

		assert_entries(input, 3);
		assert_true(dcbor_is_text(dcbor_at(input, 0), i ? "cpp-12/cc1" : "nacre"));
		assert_true(dcbor_is_text(dcbor_at(input, 1), i ? "12.2~deb12u1" : "0.1"));
		assert_digest(dcbor_at(input, 2), 1, DIGEST);
	}
}

static void check_nacre(const cbor_item_t *nacre, const json_t *launch)
{
	assert_members(nacre, 8);
	assert_true(dcbor_is_text(dcbor_get_int(nacre, 0), "sev-snp"));
	assert_true(dcbor_is_int(dcbor_get_int(nacre, 1), 1));
	assert_true(dcbor_is_text(dcbor_get_int(nacre, 2), member(launch, "vmsa")));
	assert_true(dcbor_is_int(dcbor_get_int(nacre, 3), 1));
	assert_true(dcbor_is_text(dcbor_get_int(nacre, 4), "qemu"));
	assert_true(dcbor_is_text(dcbor_get_int(nacre, 5), member(launch, "image")));
	assert_digest(dcbor_get_int(nacre, 6), 1, member(launch, "image_sha256"));
	check_inputs(dcbor_get_int(nacre, 7));
}

static void check_comid(const cbor_item_t *tag, const json_t *launch)
{
	struct tool_error error;
	struct blob bytes = {0};
	cbor_item_t *comid;
	char id[160];

	assert_true(dcbor_get_bytes(untag(tag, 506), &bytes));
	comid = dcbor_decode(bytes.bytes, bytes.size, &error);
	assert_members(comid, 3);
	assert_members(dcbor_get_int(comid, 1), 1);
	snprintf(id, sizeof(id), "nacre-image:%s:qemu:1", member(launch, "image_sha256"));
	assert_true(dcbor_is_text(dcbor_get_int(dcbor_get_int(comid, 1), 0), id));
	check_triples(dcbor_get_int(comid, 4), launch);
	check_nacre(dcbor_get_int(comid, -1), launch);
	dcbor_free(comid);
}

/* "nacre-reference-values:" and the hash of the tags as they are written. */
static void check_id(const cbor_item_t *corim)
{
	struct buffer tags = {0};
	struct tool_error error;
	uint8_t digest[32];
	char text[96] = "nacre-reference-values:";

	assert_true(dcbor_encode(dcbor_get_int(corim, 1), &tags, &error));
	sha256(tags.bytes, tags.size, digest);
	hex_encode(digest, sizeof(digest), text + strlen(text));
	assert_true(dcbor_is_text(dcbor_get_int(corim, 0), text));
	buffer_free(&tags);
}

/* Decodes strictly (deterministic CBOR) and compares with the JSON of the same files. */
static void check_corim(const struct blob *bytes)
{
	struct tool_error error;
	cbor_item_t *item = dcbor_decode(bytes->bytes, bytes->size, &error);
	const cbor_item_t *corim;
	json_t *json;

	if (!item)
		fail_msg("offset %d: %s", (int)error.offset, error.text);
	corim = untag(item, 501);
	assert_members(corim, 3);
	check_id(corim);
	assert_true(dcbor_is_text(
		untag(dcbor_get_int(corim, 3), 32), "tag:amd.com,2025:snp-corim-profile"));
	assert_entries(dcbor_get_int(corim, 1), 2);
	assert_int_equal(run(command_reference_values, "reference-values", plain_path, signed_path),
		STATUS_OK);
	json = json_loads(ran_out, 0, NULL);
	for (size_t i = 0; i < 2; i++)
		check_comid(dcbor_at(dcbor_get_int(corim, 1), i),
			json_array_get(json_object_get(json, "platforms"), i));
	json_decref(json);
	dcbor_free(item);
}

static void corim_of_two_images(void **state)
{
	struct blob bytes;

	(void)state;
	assert_int_equal(run(command_reference_values, "reference-values", "--corim", plain_path,
				 signed_path, "-o", out_path),
		STATUS_OK);
	assert_string_equal(ran_out, "");
	bytes = read_file(out_path);
	check_corim(&bytes);
	free((void *)bytes.bytes);
}

static void signed_corim(void **state)
{
	struct cose_message message;
	struct tool_error error;
	struct blob bytes, meta;

	(void)state;
	assert_int_equal(
		run(command_reference_values, "reference-values", "--corim", "--sign", id_path,
			"--signer", "somebody", plain_path, signed_path, "-o", out_path),
		STATUS_OK);
	bytes = read_file(out_path);
	assert_true(cose_read(bytes.bytes, bytes.size, &message, &error));
	assert_true(cose_verify(id_key, &message, &error));
	assert_members(message.headers, 4);
	assert_true(dcbor_is_int(dcbor_get_int(message.headers, 1), COSE_ALG_ES384));
	assert_true(dcbor_is_text(dcbor_get_int(message.headers, 3), "application/rim+cbor"));
	assert_true(dcbor_get_bytes(dcbor_get_int(message.headers, 4), &meta));
	assert_int_equal(meta.size, 32);
	assert_hex(dcbor_get_int(message.headers, 8), "a100a10068736f6d65626f6479");
	check_corim(&message.payload);
	cose_free(&message);
	free((void *)bytes.bytes);
}

static void equal_inputs_give_equal_bytes(void **state)
{
	const char *const forms[][3] = {
		{"--order", "qemu"}, {"--corim"}, {"--corim", "--sign", id_path}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct blob bytes[2];

		for (size_t k = 0; k < 2; k++) {
			const char *arguments[8] = {
				"reference-values", plain_path, signed_path, "-o", out_path};
			int count = 5;

			for (size_t j = 0; j < 3 && forms[i][j]; j++)
				arguments[count++] = forms[i][j];
			assert_int_equal(
				run_command(command_reference_values, arguments, count), STATUS_OK);
			bytes[k] = read_file(out_path);
		}
		assert_int_equal(bytes[0].size, bytes[1].size);
		assert_memory_equal(bytes[0].bytes, bytes[1].bytes, bytes[0].size);
		free((void *)bytes[0].bytes);
		free((void *)bytes[1].bytes);
	}
}

/* A launch with more VMSAs is another value; other SEV_FEATURES are, too. */
static void variants(void **state)
{
	json_t *json, *platforms;
	char digest[97];

	(void)state;
	assert_int_equal(
		run(command_reference_values, "reference-values", "--vmsas", "3", plain_path),
		STATUS_OK);
	json = json_loads(ran_out, 0, NULL);
	platforms = json_object_get(json, "platforms");
	assert_int_equal(json_array_size(platforms), 2);
	check_launch(json_array_get(platforms, 0), plain_path, PLAIN);
	assert_int_equal(run(command_measure, "measure", "--vmsas", "3", plain_path), STATUS_OK);
	assert_int_equal(sscanf(ran_out, "launch digest %96s", digest), 1);
	assert_string_equal(member(json_array_get(platforms, 1), "measurement"), digest);
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(platforms, 1), "vmsas")), 3);
	json_decref(json);
	assert_int_equal(
		run(command_reference_values, "reference-values", "--vmsas", "1", plain_path),
		STATUS_OK);
	json = json_loads(ran_out, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(json, "platforms")), 1);
	json_decref(json);
	build_image(out_path, RECORD, 0x9);
	assert_int_equal(run(command_reference_values, "reference-values", out_path), STATUS_OK);
	assert_says(ran_out, "\"sev_features\": \"0x9\"");
	assert_null(strstr(ran_out, digest));
}

static void launches_that_are_none(void **state)
{
	struct writer writer = {0};
	struct buffer file = {0};
	struct tool_error error;

	(void)state;
	assert_int_equal(
		run(command_reference_values, "reference-values", "--vmsas", "3", signed_path),
		STATUS_FAILED);
	assert_says(ran_err, "the ID block is for another launch digest");
	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
	fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_finish(&writer, &file);
	assert_true(file_write(out_path, file.bytes, file.size, &error));
	buffer_free(&file);
	assert_int_equal(run(command_reference_values, "reference-values", plain_path, out_path),
		STATUS_FAILED);
	assert_says(ran_err, "out: expected a VP_CONTEXT of vCPU 0");
	assert_string_equal(ran_out, "");
}

static void records_of_inputs(void **state)
{
	struct blob blob;
	struct tool_error error;
	uint8_t *copy;

	(void)state;
	build_image(out_path, NULL, 1);
	assert_int_equal(run(command_reference_values, "reference-values", out_path), STATUS_OK);
	assert_says(ran_err, "warning: no record of build inputs");
	assert_says(ran_out, "\"inputs\": []");
	blob = read_file(plain_path);
	copy = (uint8_t *)blob.bytes;
	copy[blob.size - 60] ^= 1; /* a digit of the record */
	assert_true(file_write(out_path, copy, blob.size, &error));
	free(copy);
	assert_int_equal(
		run(command_reference_values, "reference-values", out_path), STATUS_FAILED);
	assert_says(ran_err, "does not have its SHA-256");
}

static void usage_of_reference_values(void **state)
{
	(void)state;
	assert_int_equal(run(command_reference_values, "reference-values"), STATUS_USAGE);
	assert_says(ran_err, "a file is needed");
	assert_int_equal(run(command_reference_values, "reference-values", "--sign", "k", "f"),
		STATUS_USAGE);
	assert_says(ran_err, "--sign needs --corim");
	assert_int_equal(
		run(command_reference_values, "reference-values", "--corim", "--signer", "n", "f"),
		STATUS_USAGE);
	assert_says(ran_err, "--signer needs --sign");
	assert_int_equal(run(command_reference_values, "reference-values", "--order", "x", "f"),
		STATUS_USAGE);
	assert_int_equal(run(command_reference_values, "reference-values", "--vmsas", "0", "f"),
		STATUS_USAGE);
	assert_int_equal(run(command_reference_values, "reference-values", "--corim", "--sign",
				 plain_path, plain_path, "-o", out_path),
		STATUS_FAILED);
	assert_says(ran_err, PLAIN ": expected a private key in PEM form");
	assert_int_equal(run(command_reference_values, "reference-values", "--corim", "--sign",
				 id_path, "--signer", "\xff", plain_path, "-o", out_path),
		STATUS_FAILED);
	assert_says(ran_err, "not UTF-8");
}

static void make_path(char path[64], const char *name)
{
	snprintf(path, 64, "%s", in(name));
}

static int set_up(void **state)
{
	EVP_PKEY *author = fixture_key("P-384", "123456789abcdef" FIXTURE_P256_SECRET);

	(void)state;
	folder_make();
	make_path(plain_path, PLAIN);
	make_path(signed_path, SIGNED);
	make_path(out_path, "out");
	make_path(id_path, "id.pem");
	make_path(author_path, "author.pem");
	id_key = fixture_key("P-384", FIXTURE_P384_SECRET);
	fixture_write_key(id_key, id_path);
	fixture_write_key(author, author_path);
	EVP_PKEY_free(author);
	build_image(plain_path, RECORD, 1);
	return run(command_sign, "sign", plain_path, "--id-key", id_path, "--author-key",
		author_path, "--family-id", D16 D16, "--guest-svn", "7", "-o", signed_path);
}

static int tear_down(void **state)
{
	(void)state;
	EVP_PKEY_free(id_key);
	return folder_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_of_two_images),
		cmocka_unit_test(corim_of_two_images),
		cmocka_unit_test(signed_corim),
		cmocka_unit_test(equal_inputs_give_equal_bytes),
		cmocka_unit_test(variants),
		cmocka_unit_test(launches_that_are_none),
		cmocka_unit_test(records_of_inputs),
		cmocka_unit_test(usage_of_reference_values),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
