/* SPDX-License-Identifier: MIT */
/*
 * nacre-igvm sign: the ID block in the file, its signatures checked by libcrypto
 * over structures written by hand, the launch that must not change, and what is
 * refused.
 */
#include "tests/unit/unit_test.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <unistd.h>

#include "igvm_fixture.h"
#include "tests/unit/folder_fixture.h"
#include "tests/unit/key_fixture.h"
#include "tests/unit/run_command.h"
#include "tools/common/files.h"
#include "tools/common/hash.h"
#include "tools/igvm/build.h"
#include "tools/igvm/commands.h"
#include "tools/igvm/id_block.h"
#include "tools/igvm/inputs.h"
#include "tools/igvm/measure.h"
#include "tools/igvm/qemu.h"

#define AUTHOR_SECRET "0123456789abcdef" FIXTURE_P256_SECRET
#define D16 "0123456789abcdef"
#define RECORD "nacre 0.1 " D16 D16 D16 D16 "\n"
#define GUEST_SVN 0x01020304U

static EVP_PKEY *id_key, *author_key;

/* An image with a record of build inputs, whose guest policy is not the default. */
static void make_image(struct buffer *image)
{
	const struct build_options options = {.policy = 0x70000,
		.mode = BUILD_KERNEL_UNCHECKED,
		.inputs = {(const uint8_t *)RECORD, strlen(RECORD)}};
	struct fixture_elf elf;
	struct tool_error error;

	fixture_elf(&elf);
	if (!igvm_build(&(struct blob){elf.file.bytes, elf.file.size}, &options, image, &error))
		fail_msg("%s", error.text);
	buffer_free(&elf.file);
}

static struct id_block_options full_options(void)
{
	struct id_block_options options = {
		.id_key = id_key, .author_key = author_key, .guest_svn = GUEST_SVN};

	for (uint8_t i = 0; i < 16; i++) {
		options.family_id[i] = 0x10 + i;
		options.image_id[i] = 0x20 + i;
	}
	return options;
}

/* Signs @image; the result is the caller's. */
static struct buffer sign(const struct buffer *image, const struct id_block_options *options)
{
	struct buffer out = {0};
	struct tool_error error;
	struct igvm_file file;

	assert_true(fixture_parse(image, &file, &error));
	if (!id_block_sign(&file, options, &out, &error))
		fail_msg("%s", error.text);
	fixture_close(&file);
	return out;
}

static struct snp_digest measure(const struct buffer *image)
{
	const struct launch_options options = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE};
	struct snp_digest digest;
	struct tool_error error;
	struct igvm_file file;

	assert_true(fixture_parse(image, &file, &error));
	assert_true(igvm_measure(&file, &options, &digest, &error));
	fixture_close(&file);
	return digest;
}

static struct id_block read_block(const struct buffer *image)
{
	struct tool_error error;
	struct igvm_file file;
	struct id_block block;

	assert_true(fixture_parse(image, &file, &error));
	id_block_read(&file, &block);
	fixture_close(&file);
	return block;
}

static const struct igvm_snp_id_block *header_of(const struct buffer *image)
{
	return (const void *)(image->bytes + fixture_find(image, IGVM_SNP_ID_BLOCK, 0) + 8);
}

/* libcrypto's own form of a signature in the secure processor's. */
static int der_signature(const struct igvm_snp_signature *signature, uint8_t **der)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	int length;

	ECDSA_SIG_set0(
		pair, BN_lebin2bn(signature->r, 72, NULL), BN_lebin2bn(signature->s, 72, NULL));
	length = i2d_ECDSA_SIG(pair, der);
	ECDSA_SIG_free(pair);
	return length;
}

static void assert_signed(
	EVP_PKEY *key, const struct igvm_snp_signature *signature, const void *message, size_t size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	int length = der_signature(signature, &der);

	assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key), 1);
	assert_int_equal(EVP_DigestVerify(context, der, (size_t)length, message, size), 1);
	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
}

/* The 0x404 bytes of a public key: curve 2, coordinates little-endian. */
static void key_by_hand(EVP_PKEY *key, uint8_t bytes[0x404])
{
	BIGNUM *x = NULL, *y = NULL;

	memset(bytes, 0, 0x404);
	bytes[0] = 2;
	assert_int_equal(EVP_PKEY_get_bn_param(key, "qx", &x), 1);
	assert_int_equal(EVP_PKEY_get_bn_param(key, "qy", &y), 1);
	assert_int_equal(BN_bn2lebinpad(x, bytes + 4, 72), 72);
	assert_int_equal(BN_bn2lebinpad(y, bytes + 76, 72), 72);
	BN_free(x);
	BN_free(y);
}

/* The 96 bytes of the ID block: digest, ids, version 1, SVN, policy. */
static void block_by_hand(const struct buffer *image, uint8_t bytes[96])
{
	static const uint8_t tail[] = {1, 0, 0, 0, 4, 3, 2, 1, 0, 0, 7, 0, 0, 0, 0, 0};
	struct snp_digest digest = measure(image);

	memcpy(bytes, digest.value, 48);
	for (uint8_t i = 0; i < 32; i++)
		bytes[48 + i] = (i < 16 ? 0x10 : 0x20) + i % 16;
	memcpy(bytes + 80, tail, sizeof(tail));
}

static void signatures_verify_by_hand(void **state)
{
	const struct id_block_options options = full_options();
	uint8_t block[96], key[0x404], digest[SHA384_SIZE];
	const struct igvm_snp_id_block *header;
	struct buffer image = {0}, out;
	struct id_block read;

	(void)state;
	make_image(&image);
	out = sign(&image, &options);
	header = header_of(&out);
	block_by_hand(&image, block);
	assert_signed(id_key, &header->id_key_signature, block, sizeof(block));
	key_by_hand(id_key, key);
	assert_signed(author_key, &header->author_key_signature, key, sizeof(key));
	read = read_block(&out);
	assert_true(read.present && read.has_author);
	assert_true(read.id_signature_good && read.author_signature_good);
	sha384(key, sizeof(key), digest);
	assert_memory_equal(read.id_key_digest, digest, sizeof(digest));
	key_by_hand(author_key, key);
	sha384(key, sizeof(key), digest);
	assert_memory_equal(read.author_key_digest, digest, sizeof(digest));
	assert_int_equal(header->author_key_enabled, 1);
	assert_int_equal(header->id_key_algorithm, 1);
	assert_int_equal(header->author_key_algorithm, 1);
	assert_int_equal(header->id_public_key.curve, 2);
	assert_int_equal(header->version, 1);
	buffer_free(&image);
	buffer_free(&out);
}

static void without_an_author(void **state)
{
	struct id_block_options options = full_options();
	const struct igvm_snp_id_block *header;
	const struct igvm_snp_public_key none = {0};
	struct buffer image = {0}, out;
	struct id_block read;

	(void)state;
	options.author_key = NULL;
	make_image(&image);
	out = sign(&image, &options);
	header = header_of(&out);
	assert_int_equal(header->author_key_enabled, 0);
	assert_int_equal(header->author_key_algorithm, 0);
	assert_memory_equal(&header->author_public_key, &none, sizeof(none));
	read = read_block(&out);
	assert_true(read.id_signature_good);
	assert_false(read.has_author || read.author_signature_good);
	buffer_free(&image);
	buffer_free(&out);
}

/* All pages, in order, with their contents: the same launch. */
struct pages {
	struct buffer list;
};

static bool add_page(void *context, const struct launch_page *page)
{
	struct pages *pages = context;

	buffer_append(&pages->list, &page->type, sizeof(page->type));
	buffer_append(&pages->list, &page->gpa, sizeof(page->gpa));
	if (page->data)
		buffer_append(&pages->list, page->data, PAGE_SIZE);
	return true;
}

static void assert_same_launch(const struct buffer *first, const struct buffer *second)
{
	const struct launch_options options = {LAUNCH_ORDER_FILE, LAUNCH_VMSAS_OF_FILE};
	const struct buffer *const images[] = {first, second};
	struct pages pages[2] = {0};
	struct tool_error error;

	for (size_t i = 0; i < 2; i++) {
		struct igvm_file file;

		assert_true(fixture_parse(images[i], &file, &error));
		assert_true(launch_walk(&file, &options, add_page, &pages[i], &error));
		fixture_close(&file);
	}
	assert_true(pages[0].list.size > PAGE_SIZE);
	assert_int_equal(pages[0].list.size, pages[1].list.size);
	assert_memory_equal(pages[0].list.bytes, pages[1].list.bytes, pages[0].list.size);
	buffer_free(&pages[0].list);
	buffer_free(&pages[1].list);
}

static void nothing_else_changes(void **state)
{
	const struct id_block_options options = full_options();
	struct snp_digest before, after;
	struct buffer image = {0}, out;
	struct inputs inputs;
	struct tool_error error;
	struct igvm_file file;

	(void)state;
	make_image(&image);
	out = sign(&image, &options);
	before = measure(&image);
	after = measure(&out);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_same_launch(&image, &out);
	assert_int_equal(out.size, image.size + 8 + sizeof(struct igvm_snp_id_block));
	assert_true(fixture_parse(&out, &file, &error));
	assert_true(inputs_find(&file, &inputs, &error));
	assert_int_equal(inputs.size, strlen(RECORD));
	assert_int_equal(file.items[file.item_count - 1].type, IGVM_SNP_ID_BLOCK);
	fixture_close(&file);
	buffer_free(&image);
	buffer_free(&out);
}

static void signing_again_replaces(void **state)
{
	struct id_block_options options = full_options();
	struct buffer image = {0}, once, twice, other, back;

	(void)state;
	make_image(&image);
	once = sign(&image, &options);
	twice = sign(&once, &options);
	assert_int_equal(once.size, twice.size);
	assert_memory_equal(once.bytes, twice.bytes, once.size);
	options.id_key = author_key;
	options.guest_svn = 9;
	other = sign(&once, &options);
	assert_int_equal(other.size, once.size);
	assert_int_equal(header_of(&other)->guest_svn, 9);
	assert_true(read_block(&other).id_signature_good);
	options = full_options();
	back = sign(&other, &options);
	assert_memory_equal(once.bytes, back.bytes, once.size);
	buffer_free(&image);
	buffer_free(&once);
	buffer_free(&twice);
	buffer_free(&other);
	buffer_free(&back);
}

/* Files that others made: both versions of the format, every kind of header. */
static void other_files(void **state)
{
	const struct id_block_options options = full_options();
	struct buffer file = {0}, out;

	(void)state;
	fixture_rich(&file);
	out = sign(&file, &options);
	assert_int_equal(out.size, file.size); /* it had a block, for another digest */
	assert_same_launch(&file, &out);
	assert_true(read_block(&out).id_signature_good);
	buffer_free(&file);
	buffer_free(&out);
}

static void assert_not_signed(const struct buffer *image, const char *words)
{
	const struct id_block_options options = full_options();
	struct buffer out = {0};
	struct tool_error error;
	struct igvm_file file;

	assert_true(fixture_parse(image, &file, &error));
	assert_false(id_block_sign(&file, &options, &out, &error));
	assert_says(error.text, words);
	assert_int_equal(out.size, 0);
	fixture_close(&file);
}

static void files_that_cannot_be_signed(void **state)
{
	const struct igvm_guest_policy policy = {
		.policy = 0x30000, .compatibility_mask = FIXTURE_SNP};
	const struct igvm_variable_header unknown = {.type = 0x3ff | 1U << 31, .length = 8};

	(void)state;
	for (int round = 0; round < 2; round++) {
		struct writer writer = {0};
		struct buffer image = {0};

		fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
		if (round)
			writer_header(&writer, IGVM_GUEST_POLICY, &policy, sizeof(policy),
				WRITER_NO_OFFSET);
		fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
		buffer_append(&writer.headers, &unknown, sizeof(unknown));
		buffer_append(&writer.headers, "12345678", 8);
		fixture_finish(&writer, &image);
		assert_not_signed(&image, round ? "unknown type" : "expected a GUEST_POLICY");
		buffer_free(&image);
	}
}

/* Whichever byte of what is signed changes, a signature is wrong. */
static void flips_are_seen(void **state)
{
	static const struct {
		size_t from, size;
	} fields[] = {
		{offsetof(struct igvm_snp_id_block, launch_digest), 48 + 16 + 16},
		{offsetof(struct igvm_snp_id_block, guest_svn), 12},
		{offsetof(struct igvm_snp_id_block, id_key_signature), 144 + 4},
		{offsetof(struct igvm_snp_id_block, id_public_key) + 8, 144 + 144},
		{offsetof(struct igvm_snp_id_block, author_public_key) + 8, 144},
	};
	const struct id_block_options options = full_options();
	struct buffer image = {0}, out;
	uint8_t *body;

	(void)state;
	make_image(&image);
	out = sign(&image, &options);
	body = out.bytes + fixture_find(&out, IGVM_SNP_ID_BLOCK, 0) + 8;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		for (size_t at = fields[i].from; at < fields[i].from + fields[i].size; at++) {
			struct id_block read;

			body[at] ^= 1;
			fixture_seal(&out);
			read = read_block(&out);
			body[at] ^= 1;
			if (read.id_signature_good && read.author_signature_good)
				fail_msg("byte %zu may be flipped", at);
		}
	}
	buffer_free(&image);
	buffer_free(&out);
}

static void count_remark(void *context, const struct qemu_remark *remark)
{
	char *text = context;

	snprintf(text, 320, "%s", remark->text);
}

/* QEMU looks at the author key alone. */
static void author_key_without_its_flag(void **state)
{
	const struct id_block_options options = full_options();
	struct buffer image = {0}, out;
	struct tool_error error;
	struct igvm_file file;
	char text[320] = "";

	(void)state;
	make_image(&image);
	out = sign(&image, &options);
	fixture_poke(&out, fixture_find(&out, IGVM_SNP_ID_BLOCK, 0) + 8 + 4, 0, 1);
	fixture_seal(&out);
	assert_true(fixture_parse(&out, &file, &error));
	assert_int_equal(qemu_check(&file, count_remark, text), 1);
	assert_says(text, "author key is used");
	fixture_close(&file);
	buffer_free(&image);
	buffer_free(&out);
}

static char image_path[64], out_path[64], id_path[64], author_path[64], bad_path[64];

static void write_image(const char *path)
{
	struct buffer image = {0};
	struct tool_error error;

	make_image(&image);
	assert_true(file_write(path, image.bytes, image.size, &error));
	buffer_free(&image);
}

static void command_signs_and_others_show_it(void **state)
{
	(void)state;
	write_image(image_path);
	assert_int_equal(run(command_sign, "sign", image_path, "--id-key", id_path, "--author-key",
				 author_path, "--guest-svn", "0x10", "--family-id", D16 D16,
				 "--image-id", "000102030405060708090A0B0C0D0E0F", "-o", out_path),
		STATUS_OK);
	assert_string_equal(ran_err, "");
	assert_int_equal(run(command_measure, "measure", out_path), STATUS_OK);
	assert_says(ran_out, "ID block       for this digest\n");
	assert_says(ran_out, "family id         " D16 D16 "\n");
	assert_says(ran_out, "image id          000102030405060708090a0b0c0d0e0f\n");
	assert_says(ran_out, "guest SVN         16\n");
	assert_says(ran_out, "of the block good, of the ID key good\n");
	assert_int_equal(run(command_measure, "measure", "--json", out_path), STATUS_OK);
	assert_says(ran_out, "\"id_signature\": \"good\"");
	assert_int_equal(run(command_inspect, "inspect", out_path), STATUS_OK);
	assert_says(ran_out, "\nSNP ID block at offset 0x");
	assert_int_equal(run(command_inspect, "inspect", "--json", out_path), STATUS_OK);
	assert_says(ran_out, "\"author_signature\": \"good\"");
	assert_int_equal(run(command_inspect, "inspect", "--json", image_path), STATUS_OK);
	assert_says(ran_out, "\"id_block\": null");
	/* In place. */
	assert_int_equal(run(command_sign, "sign", "-o", out_path, "--id-key", id_path, out_path),
		STATUS_OK);
	assert_int_equal(run(command_measure, "measure", out_path), STATUS_OK);
	assert_says(ran_out, "of the block good, of the ID key absent\n");
	assert_says(ran_out, "author key digest none\n");
}

static void keys_that_cannot_sign(void **state)
{
	EVP_PKEY *small = fixture_key("P-256", FIXTURE_P256_SECRET);

	(void)state;
	unlink(out_path);
	fixture_write_key(small, bad_path);
	assert_int_equal(
		run(command_sign, "sign", image_path, "--id-key", bad_path, "-o", out_path),
		STATUS_FAILED);
	assert_says(ran_err, "bad.pem: the secure processor takes keys on P-384 only");
	assert_int_equal(run(command_sign, "sign", image_path, "--id-key", id_path, "--author-key",
				 image_path, "-o", out_path),
		STATUS_FAILED);
	assert_says(ran_err, "image.igvm: expected a private key in PEM form");
	assert_int_equal(access(out_path, F_OK), -1);
	EVP_PKEY_free(small);
}

static void usage_of_sign(void **state)
{
	(void)state;
	assert_int_equal(run(command_sign, "sign", "--id-key", id_path, "-o", "x"), STATUS_USAGE);
	assert_says(ran_err, "one file is needed");
	assert_int_equal(run(command_sign, "sign", image_path, "-o", "x"), STATUS_USAGE);
	assert_says(ran_err, "--id-key and --output are needed");
	assert_int_equal(run(command_sign, "sign", "--guest-svn", "4294967296"), STATUS_USAGE);
	assert_says(ran_err, "--guest-svn is 0 to 4294967295, not \"4294967296\"");
	assert_int_equal(run(command_sign, "sign", "--family-id", D16), STATUS_USAGE);
	assert_says(ran_err, "--family-id is 32 hexadecimal digits");
	assert_int_equal(run(command_sign, "sign", "--image-id", D16 D16 "0"), STATUS_USAGE);
	assert_int_equal(run(command_sign, "sign", "--nonsense"), STATUS_USAGE);
}

static void make_path(char path[64], const char *name)
{
	snprintf(path, 64, "%s", in(name));
}

static int set_up(void **state)
{
	(void)state;
	folder_make();
	make_path(image_path, "image.igvm");
	make_path(out_path, "signed.igvm");
	make_path(id_path, "id.pem");
	make_path(author_path, "author.pem");
	make_path(bad_path, "bad.pem");
	id_key = fixture_key("P-384", FIXTURE_P384_SECRET);
	author_key = fixture_key("P-384", AUTHOR_SECRET);
	fixture_write_key(id_key, id_path);
	fixture_write_key(author_key, author_path);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	EVP_PKEY_free(id_key);
	EVP_PKEY_free(author_key);
	return folder_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures_verify_by_hand),
		cmocka_unit_test(without_an_author),
		cmocka_unit_test(nothing_else_changes),
		cmocka_unit_test(signing_again_replaces),
		cmocka_unit_test(other_files),
		cmocka_unit_test(files_that_cannot_be_signed),
		cmocka_unit_test(flips_are_seen),
		cmocka_unit_test(author_key_without_its_flag),
		cmocka_unit_test(command_signs_and_others_show_it),
		cmocka_unit_test(keys_that_cannot_sign),
		cmocka_unit_test(usage_of_sign),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
