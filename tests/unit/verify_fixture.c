/* SPDX-License-Identifier: MIT */
/*
 * Making evidence with tools/testchain and libcrypto.
 */
#include "tests/unit/unit_test.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "svsm.h"
#include "tests/unit/verify_fixture.h"
#include "tools/testchain/chain.h"

static struct chain chain;

static_assert((int)CHAIN_VLEK == (int)FIXTURE_VLEK, "the links are the same");

void fixture_chain(const char *name)
{
	const struct product *product = product_find(name);
	struct tool_error error;
	uint8_t tcb[TCB_PARTS];

	assert_non_null(product);
	if (chain.product == product)
		return;
	assert_null(chain.product);
	assert_true(product_read_tcb(product, product->default_tcb, tcb));
	if (!chain_make(product, tcb, &chain, &error))
		fail_msg("%s", error.text);
}

void fixture_chain_free(void)
{
	chain_free(&chain);
}

int fixture_chain_setup(void **state)
{
	(void)state;
	fixture_chain("Milan");
	return 0;
}

int fixture_chain_teardown(void **state)
{
	(void)state;
	fixture_chain_free();
	return 0;
}

X509 *fixture_certificate(enum fixture_link link)
{
	return chain.certificates[link];
}

EVP_PKEY *fixture_link_key(enum fixture_link link)
{
	return chain.keys[link];
}

X509_CRL *fixture_crl(bool revoking)
{
	return revoking ? chain.revoking_crl : chain.empty_crl;
}

void fixture_report(struct snp_report *report)
{
	const uint64_t tcb = product_tcb_version(chain.product, chain.tcb);

	*report = (struct snp_report){.version = 5,
		.guest_svn = 7,
		.policy = 0x30000,
		.vmpl = 2,
		.signature_algorithm = SNP_REPORT_ECDSA_P384_SHA384,
		.current_tcb = tcb,
		.platform_info = 0x25,
		.reported_tcb = tcb,
		.cpuid_family = chain.product->family,
		.cpuid_model = chain.product->model,
		.cpuid_stepping = chain.product->stepping,
		.committed_tcb = tcb,
		.current = {1, 55, 1, 0},
		.committed = {1, 55, 1, 0},
		.launch_tcb = tcb,
		.launch_mit_vector = 3,
		.current_mit_vector = 3};
	memset(report->family_id, 0xfa, sizeof(report->family_id));
	memset(report->image_id, 0x1a, sizeof(report->image_id));
	memset(report->report_data, 0xda, sizeof(report->report_data));
	memset(report->measurement, 0x3e, sizeof(report->measurement));
	memset(report->host_data, 0x40, sizeof(report->host_data));
	memset(report->id_key_digest, 0x1d, sizeof(report->id_key_digest));
	memset(report->author_key_digest, 0xa0, sizeof(report->author_key_digest));
	memset(report->report_id, 0x1f, sizeof(report->report_id));
	memset(report->report_id_ma, 0xff, sizeof(report->report_id_ma));
	memcpy(report->chip_id, chain.chip_id, sizeof(report->chip_id));
	fixture_sign(report, chain.keys[CHAIN_VCEK]);
}

static void put_number(uint8_t out[72], const BIGNUM *number)
{
	memset(out, 0, 72);
	assert_int_equal(BN_bn2lebinpad(number, out, 48), 48);
}

void fixture_sign(struct snp_report *report, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t der[256];
	const uint8_t *at = der;
	size_t size = sizeof(der);
	ECDSA_SIG *numbers;

	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(context, der, &size, (const uint8_t *)report,
				 offsetof(struct snp_report, signature)),
		1);
	numbers = d2i_ECDSA_SIG(NULL, &at, (long)size);
	assert_non_null(numbers);
	put_number(report->signature.r, ECDSA_SIG_get0_r(numbers));
	put_number(report->signature.s, ECDSA_SIG_get0_s(numbers));
	ECDSA_SIG_free(numbers);
	EVP_MD_CTX_free(context);
}

/* The keys of authorities are RSA; with others a certificate is signed as it comes. */
static EVP_MD_CTX *signing_context(EVP_PKEY *key)
{
	EVP_MD_CTX *context;

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return chain_signing_context(key);
	context = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, key), 1);
	return context;
}

X509 *fixture_reissue(X509 *base, EVP_PKEY *issuer, void (*edit)(X509 *certificate))
{
	EVP_MD_CTX *context = signing_context(issuer);
	X509 *copy = X509_dup(base), *again;
	uint8_t *der = NULL;
	const uint8_t *at;
	int size;

	assert_non_null(copy);
	if (edit)
		edit(copy);
	assert_true(X509_sign_ctx(copy, context) > 0);
	size = i2d_X509(copy, &der);
	at = der;
	again = d2i_X509(NULL, &at, size); /* libcrypto keeps facts of the old one otherwise */
	assert_non_null(again);
	OPENSSL_free(der);
	X509_free(copy);
	EVP_MD_CTX_free(context);
	return again;
}

void fixture_drop_extension(X509 *certificate, const char *oid)
{
	char text[64];
	ASN1_OBJECT *object;
	int at;

	snprintf(text, sizeof(text), "1.3.6.1.4.1.3704.1.%s", oid);
	object = OBJ_txt2obj(text, 1);
	at = X509_get_ext_by_OBJ(certificate, object, -1);
	if (at >= 0)
		X509_EXTENSION_free(X509_delete_ext(certificate, at));
	ASN1_OBJECT_free(object);
}

void fixture_set_extension(X509 *certificate, const char *oid, const void *der, size_t size)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;
	ASN1_OBJECT *object;
	char text[64];

	fixture_drop_extension(certificate, oid);
	snprintf(text, sizeof(text), "1.3.6.1.4.1.3704.1.%s", oid);
	object = OBJ_txt2obj(text, 1);
	assert_int_equal(ASN1_OCTET_STRING_set(value, der, (int)size), 1);
	extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, value);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
	ASN1_OBJECT_free(object);
	ASN1_OCTET_STRING_free(value);
}

void fixture_rename(X509_NAME *name, const char *common_name)
{
	X509_NAME_ENTRY_free(
		X509_NAME_delete_entry(name, X509_NAME_get_index_by_NID(name, NID_commonName, -1)));
	assert_int_equal(X509_NAME_add_entry_by_txt(
				 name, "CN", MBSTRING_ASC, (const uint8_t *)common_name, -1, -1, 0),
		1);
}

static void add_entry(
	struct buffer *table, struct buffer *contents, const uint8_t guid[16], X509 *certificate)
{
	struct snp_cert_entry entry = {.offset = 4 * sizeof(entry) + (uint32_t)contents->size};
	uint8_t *der = NULL;
	int size = i2d_X509(certificate, &der);

	assert_true(size > 0);
	memcpy(entry.guid, guid, sizeof(entry.guid));
	entry.length = (uint32_t)size;
	buffer_append(table, &entry, sizeof(entry));
	buffer_append(contents, der, (size_t)size);
	OPENSSL_free(der);
}

void fixture_table(struct buffer *table, enum fixture_link key, enum fixture_link authority)
{
	static const uint8_t vcek[] = SNP_CERT_GUID_VCEK, vlek[] = SNP_CERT_GUID_VLEK,
			     ask[] = SNP_CERT_GUID_ASK, ark[] = SNP_CERT_GUID_ARK;
	struct buffer contents = {0};

	add_entry(table, &contents, key == FIXTURE_VCEK ? vcek : vlek, fixture_certificate(key));
	add_entry(table, &contents, ask, fixture_certificate(authority));
	add_entry(table, &contents, ark, fixture_certificate(FIXTURE_ARK));
	buffer_append_zeros(table, sizeof(struct snp_cert_entry));
	buffer_append(table, contents.bytes, contents.size);
	buffer_free(&contents);
}

void fixture_manifest(struct buffer *manifest)
{
	/* {"version": "0.1", "build-id": h'', "features": ["svsm-core-1", "firmware"]} */
	static const char map[] = "\xa3\x67version\x63"
				  "0.1\x68"
				  "build-id\x40\x68"
				  "features\x82\x6b"
				  "svsm-core-1\x68"
				  "firmware";
	const size_t map_size = sizeof(map) - 1;
	const struct nacre_manifest_header header = {
		.guid = NACRE_GUID_PLATFORM, .version = NACRE_PLATFORM_MANIFEST_VERSION};
	const struct svsm_services_manifest head = {.guid = SVSM_GUID_SERVICES_MANIFEST,
		.size = sizeof(head) + sizeof(struct svsm_services_entry) + sizeof(header) +
			map_size,
		.count = 1};
	const struct svsm_services_entry entry = {.guid = NACRE_GUID_PLATFORM,
		.offset = sizeof(head) + sizeof(entry),
		.size = sizeof(header) + map_size};

	buffer_append(manifest, &head, sizeof(head));
	buffer_append(manifest, &entry, sizeof(entry));
	buffer_append(manifest, &header, sizeof(header));
	buffer_append(manifest, map, map_size);
}

void fixture_bind(
	struct snp_report *report, const struct blob *nonce, const struct buffer *manifest)
{
	struct buffer both = {0};
	unsigned int size;

	buffer_append(&both, nonce->bytes, nonce->size);
	buffer_append(&both, manifest->bytes, manifest->size);
	assert_int_equal(
		EVP_Digest(both.bytes, both.size, report->report_data, &size, EVP_sha512(), NULL),
		1);
	assert_int_equal(size, sizeof(report->report_data));
	buffer_free(&both);
}
