/* SPDX-License-Identifier: MIT */
/*
 * The TEST chain (tools/testchain): chains that libcrypto verifies, AMD's
 * extensions byte by byte, names that say TEST, and files that fit together.
 * One chain is made for all tests: its RSA keys take seconds.
 */
#include "tests/unit/unit_test.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "chip_identity.h"
#include "snp_guest.h"
#include "tools/common/files.h"
#include "tools/common/key.h"
#include "tools/common/text.h"
#include "tools/testchain/output.h"

const char program_name[] = "test_testchain";

static char folder[] = "/tmp/nacre-testchain-XXXXXX";
static struct chain chain;

static struct blob read_output(const char *name)
{
	struct tool_error error;
	struct blob blob;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (!file_read(path, &blob, &error))
		fail_msg("%s: %s", path, error.text);
	return blob;
}

static X509 *read_der(const char *name)
{
	struct blob blob = read_output(name);
	const uint8_t *at = blob.bytes;
	X509 *certificate = d2i_X509(NULL, &at, (long)blob.size);

	assert_non_null(certificate);
	assert_ptr_equal(at, blob.bytes + blob.size);
	free((void *)blob.bytes);
	return certificate;
}

static X509_CRL *read_list(const char *name)
{
	struct blob blob = read_output(name);
	const uint8_t *at = blob.bytes;
	X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)blob.size);

	assert_non_null(crl);
	free((void *)blob.bytes);
	return crl;
}

/* libcrypto's verdict on @leaf below @middle below the root. */
static int verify(const char *leaf, const char *middle)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) *untrusted = sk_X509_new_null();
	X509 *certificate = read_der(leaf), *root = read_der("ark.der");
	int error;

	sk_X509_push(untrusted, read_der(middle));
	X509_STORE_add_cert(store, root);
	X509_STORE_CTX_init(context, store, certificate, untrusted);
	X509_verify_cert(context);
	error = X509_STORE_CTX_get_error(context);
	sk_X509_pop_free(untrusted, X509_free);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_free(certificate);
	X509_free(root);
	return error;
}

/* The same for a CA below the root with the revocation list @list. */
static int verify_with_list(const char *middle, const char *list)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	X509 *certificate = read_der(middle), *root = read_der("ark.der");
	X509_CRL *crl = read_list(list);
	int error;

	X509_STORE_add_cert(store, root);
	X509_STORE_add_crl(store, crl);
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	X509_STORE_CTX_init(context, store, certificate, NULL);
	X509_verify_cert(context);
	error = X509_STORE_CTX_get_error(context);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_CRL_free(crl);
	X509_free(certificate);
	X509_free(root);
	return error;
}

static void chains_verify(void **state)
{
	(void)state;
	assert_int_equal(verify("vcek.der", "ask.der"), X509_V_OK);
	assert_int_equal(verify("vlek.der", "asvk.der"), X509_V_OK);
	assert_int_not_equal(verify("vcek.der", "asvk.der"), X509_V_OK);
}

static void lists_are_the_roots(void **state)
{
	(void)state;
	assert_int_equal(verify_with_list("ask.der", "crl.der"), X509_V_OK);
	assert_int_equal(verify_with_list("ask.der", "crl-revoked.der"), X509_V_ERR_CERT_REVOKED);
	assert_int_equal(verify_with_list("asvk.der", "crl-revoked.der"), X509_V_ERR_CERT_REVOKED);
}

/* PSS with SHA-384 everywhere, as AMD's key service has it. */
static void signatures_are_pss(void **state)
{
	static const char *const names[] = {
		"ark.der", "ask.der", "asvk.der", "vcek.der", "vlek.der"};
	int hash, security;
	uint32_t flags;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		X509 *certificate = read_der(names[i]);
		EVP_PKEY *key = X509_get0_pubkey(certificate);

		assert_int_equal(X509_get_signature_nid(certificate), NID_rsassaPss);
		assert_int_equal(
			X509_get_signature_info(certificate, &hash, NULL, &security, &flags), 1);
		assert_int_equal(hash, NID_sha384);
		assert_int_equal(EVP_PKEY_get_bits(key), i < 3 ? 4096 : 384);
		X509_free(certificate);
	}
}

static void names_say_test(void **state)
{
	(void)state;
	for (enum chain_link link = CHAIN_ARK; link < CHAIN_LINKS; link++) {
		X509_NAME *name = X509_get_subject_name(chain.certificates[link]);
		char text[256];

		X509_NAME_oneline(name, text, sizeof(text));
		assert_non_null(strstr(text, "CN=TEST "));
		assert_null(strstr(text, "Advanced Micro Devices"));
	}
}

/* The value of the extension @oid in hexadecimal, or "absent". */
static const char *extension(const X509 *certificate, const char *oid)
{
	static char text[256];
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int index = X509_get_ext_by_OBJ(certificate, object, -1);
	X509_EXTENSION *found = X509_get_ext(certificate, index);
	const ASN1_OCTET_STRING *value;

	ASN1_OBJECT_free(object);
	if (index < 0)
		return "absent";
	assert_false(X509_EXTENSION_get_critical(found));
	value = X509_EXTENSION_get_data(found);
	hex_encode(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value), text);
	return text;
}

#define AMD "1.3.6.1.4.1.3704.1"

/* The encodings are those of a real VCEK: DER INTEGER, IA5String, bare bytes. */
static void extensions_of_the_vcek(void **state)
{
	X509 *vcek = read_der("vcek.der");
	char id[2 * CHIP_ID_SIZE + 1];

	(void)state;
	hex_encode(chain.chip_id, CHIP_ID_SIZE, id);
	assert_string_equal(extension(vcek, AMD ".1"), "020100");
	assert_string_equal(extension(vcek, AMD ".2"), "16084d696c616e2d4231");
	assert_string_equal(extension(vcek, AMD ".3.1"), "020104");
	assert_string_equal(extension(vcek, AMD ".3.2"), "020100");
	assert_string_equal(extension(vcek, AMD ".3.3"), "020118");
	assert_string_equal(extension(vcek, AMD ".3.4"), "020100");
	assert_string_equal(extension(vcek, AMD ".3.7"), "020100");
	assert_string_equal(extension(vcek, AMD ".3.8"), "020200db"); /* 219 is no negative */
	assert_string_equal(extension(vcek, AMD ".3.9"), "absent");
	assert_string_equal(extension(vcek, AMD ".4"), id);
	assert_string_equal(extension(vcek, AMD ".5"), "absent");
	X509_free(vcek);
}

static void extensions_of_the_vlek(void **state)
{
	X509 *vlek = read_der("vlek.der");

	(void)state;
	assert_string_equal(extension(vlek, AMD ".2"), "16054d696c616e");
	assert_string_equal(extension(vlek, AMD ".3.3"), "020118");
	assert_string_equal(extension(vlek, AMD ".4"), "absent");
	assert_string_equal(extension(vlek, AMD ".5"), "16085445535420435350");
	X509_free(vlek);
}

/* Turin has a level more, another structure version and an id of 8 bytes. */
static void extensions_of_turin(void **state)
{
	struct chain turin = {
		.product = product_find("Turin"), .chip_id = {1, 2, 3, 4, 5, 6, 7, 8}};
	X509 *vcek = X509_new();

	(void)state;
	assert_true(product_read_tcb(turin.product, "1,2,3,4,5", turin.tcb));
	assert_true(amd_extensions_add(vcek, &turin, CHAIN_VCEK));
	assert_string_equal(extension(vcek, AMD ".1"), "020101");
	assert_string_equal(extension(vcek, AMD ".2"), "1608547572696e2d4331");
	assert_string_equal(extension(vcek, AMD ".3.1"), "020102");
	assert_string_equal(extension(vcek, AMD ".3.8"), "020105");
	assert_string_equal(extension(vcek, AMD ".3.9"), "020101");
	assert_string_equal(extension(vcek, AMD ".4"), "0102030405060708");
	X509_free(vcek);
}

static void identity_is_the_certificates(void **state)
{
	static const char *const names[] = {"vcek.der", "vlek.der"};
	struct blob blob = read_output("identity.bin");
	struct chip_identity identity;
	uint8_t secret[KEY_SIZE_MAX];
	struct tool_error error;

	(void)state;
	assert_int_equal(blob.size, sizeof(identity));
	memcpy(&identity, blob.bytes, sizeof(identity));
	free((void *)blob.bytes);
	assert_memory_equal(identity.magic, CHIP_IDENTITY_MAGIC, 8);
	assert_int_equal(identity.version, CHIP_IDENTITY_VERSION);
	assert_int_equal(identity.cpuid_family, 0x19);
	assert_int_equal(identity.tcb, 0xdb18000000000004);
	assert_memory_equal(identity.chip_id, chain.chip_id, sizeof(identity.chip_id));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		enum chain_link link = i ? CHAIN_VLEK : CHAIN_VCEK;
		X509 *certificate = read_der(names[i]);

		assert_true(key_secret(chain.keys[link], secret, &error));
		assert_memory_equal(i ? identity.vlek : identity.vcek, secret, CHIP_KEY_SIZE);
		assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(certificate), chain.keys[link]), 1);
		X509_free(certificate);
	}
}

static void check_table(const char *name, const char *const files[3], const uint8_t *const guids[3])
{
	struct blob table = read_output(name);
	struct snp_cert_entry entries[4], empty = {0};

	memcpy(entries, table.bytes, sizeof(entries));
	assert_memory_equal(&entries[3], &empty, sizeof(empty));
	for (size_t i = 0; i < 3; i++) {
		struct blob file = read_output(files[i]);

		assert_memory_equal(entries[i].guid, guids[i], SNP_GUID_SIZE);
		assert_int_equal(entries[i].length, file.size);
		assert_true(entries[i].offset + file.size <= table.size);
		assert_memory_equal(table.bytes + entries[i].offset, file.bytes, file.size);
		free((void *)file.bytes);
	}
	assert_int_equal(entries[2].offset + entries[2].length, table.size);
	free((void *)table.bytes);
}

static void tables_hold_the_certificates(void **state)
{
	static const uint8_t vcek[] = SNP_CERT_GUID_VCEK, vlek[] = SNP_CERT_GUID_VLEK,
			     ask[] = SNP_CERT_GUID_ASK, ark[] = SNP_CERT_GUID_ARK;

	(void)state;
	check_table("certificates.bin", (const char *const[]){"vcek.der", "ask.der", "ark.der"},
		(const uint8_t *const[]){vcek, ask, ark});
	check_table("certificates-vlek.bin",
		(const char *const[]){"vlek.der", "asvk.der", "ark.der"},
		(const uint8_t *const[]){vlek, ask, ark});
}

/* A PEM file holds the certificates of @names in their order, and no more. */
static void check_pem(const char *pem, const char *const *names, size_t count)
{
	struct blob blob = read_output(pem);
	BIO *memory = BIO_new_mem_buf(blob.bytes, (int)blob.size);

	for (size_t i = 0; i < count; i++) {
		X509 *expected = read_der(names[i]);
		X509 *certificate = PEM_read_bio_X509(memory, NULL, NULL, NULL);

		assert_non_null(certificate);
		assert_int_equal(X509_cmp(certificate, expected), 0);
		X509_free(certificate);
		X509_free(expected);
	}
	assert_null(PEM_read_bio_X509(memory, NULL, NULL, NULL));
	BIO_free(memory);
	free((void *)blob.bytes);
}

static void pem_files(void **state)
{
	(void)state;
	check_pem("root.pem", (const char *const[]){"ark.der"}, 1);
	check_pem("vcek.pem", (const char *const[]){"vcek.der"}, 1);
	check_pem("chain-vcek.pem", (const char *const[]){"ask.der", "ark.der"}, 2);
	check_pem("chain-vlek.pem", (const char *const[]){"asvk.der", "ark.der"}, 2);
}

static void options_change_the_files(void **state)
{
	const struct output_options options = {folder, .revoke = true, .no_vlek = true};
	const struct output_options usual = {.folder = folder};
	struct chip_identity identity;
	struct blob blob;
	uint8_t none[CHIP_KEY_SIZE] = {0};

	(void)state;
	assert_true(output_write(&chain, &options));
	assert_int_equal(verify_with_list("ask.der", "crl.der"), X509_V_ERR_CERT_REVOKED);
	blob = read_output("identity.bin");
	memcpy(&identity, blob.bytes, sizeof(identity));
	free((void *)blob.bytes);
	assert_memory_equal(identity.vlek, none, sizeof(none));
	assert_true(output_write(&chain, &usual));
}

static void levels(void **state)
{
	static const char *const wrong[] = {"", "1", "1,2,3", "1,2,3,4,5", "1,2,3,256", "1,2,3,-1",
		"1,,3,4", "1,2,3,4 ", " 1,2,3,4", "1,2,3,00004", "0x1,2,3,4"};
	const struct product *milan = product_find("Milan"), *turin = product_find("Turin");
	uint8_t tcb[TCB_PARTS];

	(void)state;
	assert_null(product_find("milan"));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (product_read_tcb(milan, wrong[i], tcb))
			fail_msg("\"%s\" was taken", wrong[i]);
	}
	assert_true(product_read_tcb(milan, "1,2,3,255", tcb));
	assert_int_equal(product_tcb_version(milan, tcb), 0xff03000000000201);
	assert_true(product_read_tcb(turin, "1,2,3,4,5", tcb));
	assert_int_equal(product_tcb_version(turin, tcb), 0x0500000004030201);
}

static int make_one(void **state)
{
	const struct product *milan = product_find("Milan");
	const struct output_options options = {.folder = folder};
	struct tool_error error;
	uint8_t tcb[TCB_PARTS];

	(void)state;
	return !mkdtemp(folder) || !product_read_tcb(milan, milan->default_tcb, tcb) ||
	       !chain_make(milan, tcb, &chain, &error) || !output_write(&chain, &options);
}

static int remove_all(void **state)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	char path[512];

	(void)state;
	chain_free(&chain);
	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	closedir(directory);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_verify),
		cmocka_unit_test(lists_are_the_roots),
		cmocka_unit_test(signatures_are_pss),
		cmocka_unit_test(names_say_test),
		cmocka_unit_test(extensions_of_the_vcek),
		cmocka_unit_test(extensions_of_the_vlek),
		cmocka_unit_test(extensions_of_turin),
		cmocka_unit_test(identity_is_the_certificates),
		cmocka_unit_test(tables_hold_the_certificates),
		cmocka_unit_test(pem_files),
		cmocka_unit_test(options_change_the_files),
		cmocka_unit_test(levels),
	};

	return cmocka_run_group_tests(tests, make_one, remove_all);
}
