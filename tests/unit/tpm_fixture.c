/* SPDX-License-Identifier: MIT */
/*
 * Writing what a TPM writes; see tpm_fixture.h.
 */
#include "tests/unit/unit_test.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "svsm.h"
#include "tests/unit/tpm_fixture.h"
#include "tests/unit/verify_fixture.h"
#include "tools/common/cbor.h"

static EVP_PKEY *keys[TPM_KEYS];

static const char *const curves[TPM_KEYS] = {[TPM_KEY_EK_P256] = "P-256",
	[TPM_KEY_EK_P384] = "P-384",
	[TPM_KEY_AK_P256] = "P-256",
	[TPM_KEY_AK_P384] = "P-384",
	[TPM_KEY_ISSUER] = "P-256",
	[TPM_KEY_FOREIGN] = "P-256"};

EVP_PKEY *tpm_fixture_key(enum tpm_fixture_key key)
{
	if (!keys[key])
		keys[key] = curves[key] ? EVP_EC_gen(curves[key]) : EVP_RSA_gen(2048);
	assert_non_null(keys[key]);
	return keys[key];
}

void tpm_fixture_free(void)
{
	for (size_t i = 0; i < TPM_KEYS; i++) {
		EVP_PKEY_free(keys[i]);
		keys[i] = NULL;
	}
}

int tpm_fixture_teardown(void **state)
{
	(void)state;
	tpm_fixture_free();
	return 0;
}

void tpm_put_u16(struct buffer *out, uint16_t value)
{
	const uint8_t bytes[] = {(uint8_t)(value >> 8), (uint8_t)value};

	buffer_append(out, bytes, sizeof(bytes));
}

void tpm_put_u32(struct buffer *out, uint32_t value)
{
	tpm_put_u16(out, (uint16_t)(value >> 16));
	tpm_put_u16(out, (uint16_t)value);
}

void tpm_put_sized(struct buffer *out, const void *bytes, size_t size)
{
	tpm_put_u16(out, (uint16_t)size);
	buffer_append(out, bytes, size);
}

static void put_number(struct buffer *out, EVP_PKEY *key, const char *name, size_t size)
{
	BIGNUM *number = NULL;
	uint8_t bytes[512];

	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &number), 1);
	assert_int_equal(BN_bn2binpad(number, bytes, (int)size), (int)size);
	tpm_put_sized(out, bytes, size);
	BN_free(number);
}

static bool is_ek(enum tpm_fixture_key key)
{
	return key == TPM_KEY_EK_RSA || key == TPM_KEY_EK_P256 || key == TPM_KEY_EK_P384;
}

static size_t point_size(enum tpm_fixture_key key)
{
	return !curves[key] ? 0 : !strcmp(curves[key], "P-256") ? 32 : 48;
}

void tpm_put_public(
	struct buffer *out, enum tpm_fixture_key key, uint32_t attributes, uint16_t scheme)
{
	static const uint8_t policy[32] = {0x83, 0x71};
	const size_t size = point_size(key);
	EVP_PKEY *pkey = tpm_fixture_key(key);

	tpm_put_u16(out, size ? TPM_ALG_ECC : TPM_ALG_RSA);
	tpm_put_u16(out, TPM_ALG_SHA256);
	tpm_put_u32(out, attributes);
	tpm_put_sized(out, policy, is_ek(key) ? sizeof(policy) : 0);
	tpm_put_u16(out, is_ek(key) ? TPM_ALG_AES : TPM_ALG_NULL);
	if (is_ek(key)) {
		tpm_put_u16(out, 128);
		tpm_put_u16(out, TPM_ALG_CFB);
	}
	tpm_put_u16(out, scheme);
	if (scheme != TPM_ALG_NULL)
		tpm_put_u16(out, TPM_ALG_SHA256);
	if (!size) {
		tpm_put_u16(out, 2048);
		tpm_put_u32(out, 0);
		put_number(out, pkey, OSSL_PKEY_PARAM_RSA_N, 256);
		return;
	}
	tpm_put_u16(out, size == 32 ? TPM_ECC_NIST_P256 : TPM_ECC_NIST_P384);
	tpm_put_u16(out, TPM_ALG_NULL);
	put_number(out, pkey, OSSL_PKEY_PARAM_EC_PUB_X, size);
	put_number(out, pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size);
}

void tpm_put_quote(struct buffer *out, const struct tpm_fixture_quote *quote)
{
	static const uint8_t name[34] = {0, TPM_ALG_SHA256, 0xaa};
	static const uint8_t select_size = 3, clock[8 + 4 + 4 + 1 + 8] = {0, 0, 0, 0, 0, 0, 0x30,
						      0x39, 0, 0, 0, 2, 0, 0, 0, 1, 1, 0x20, 0x24};

	tpm_put_u32(out, quote->magic);
	tpm_put_u16(out, quote->type);
	tpm_put_sized(out, name, sizeof(name));
	tpm_put_sized(out, quote->nonce.bytes, quote->nonce.size);
	buffer_append(out, clock, sizeof(clock));
	tpm_put_u32(out, 1);
	tpm_put_u16(out, quote->bank);
	buffer_append(out, &select_size, 1);
	buffer_append(out, quote->selected, sizeof(quote->selected));
	tpm_put_sized(out, quote->digest.bytes, quote->digest.size);
}

static void put_ecdsa(struct buffer *out, const uint8_t *der, size_t der_size, size_t size)
{
	ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &der, (long)der_size);
	uint8_t bytes[48];

	assert_non_null(numbers);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(numbers), bytes, (int)size), (int)size);
	tpm_put_sized(out, bytes, size);
	assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(numbers), bytes, (int)size), (int)size);
	tpm_put_sized(out, bytes, size);
	ECDSA_SIG_free(numbers);
}

void tpm_put_signature(
	struct buffer *out, enum tpm_fixture_key key, uint16_t scheme, const struct buffer *message)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_context;
	uint8_t bytes[512];
	size_t size = sizeof(bytes);

	assert_int_equal(
		EVP_DigestSignInit(context, &key_context, EVP_sha256(), NULL, tpm_fixture_key(key)),
		1);
	if (scheme == TPM_ALG_RSAPSS)
		assert_int_equal(
			EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING), 1);
	assert_int_equal(EVP_DigestSign(context, bytes, &size, message->bytes, message->size), 1);
	tpm_put_u16(out, scheme);
	tpm_put_u16(out, TPM_ALG_SHA256);
	if (scheme == TPM_ALG_ECDSA)
		put_ecdsa(out, bytes, size, point_size(key));
	else
		tpm_put_sized(out, bytes, size);
	EVP_MD_CTX_free(context);
}

static void put_little(struct buffer *out, uint32_t value, size_t size)
{
	const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
		(uint8_t)(value >> 24)};

	buffer_append(out, bytes, size);
}

static const struct {
	uint16_t alg, size;
	const EVP_MD *(*md)(void);
} log_algs[] = {{TPM_ALG_SHA1, 20, EVP_sha1}, {TPM_ALG_SHA256, 32, EVP_sha256},
	{TPM_ALG_SHA384, 48, EVP_sha384}};

void log_put_head(struct buffer *out)
{
	struct buffer event = {0};

	buffer_append(&event, "Spec ID Event03", 16);
	buffer_append(&event, "\0\0\0\0\0\2\0\2", 8);
	put_little(&event, ARRAY_SIZE(log_algs), 4);
	for (size_t i = 0; i < ARRAY_SIZE(log_algs); i++) {
		put_little(&event, log_algs[i].alg, 2);
		put_little(&event, log_algs[i].size, 2);
	}
	buffer_append_zeros(&event, 1);
	put_little(out, 0, 4);
	put_little(out, TCG_EV_NO_ACTION, 4);
	buffer_append_zeros(out, 20);
	put_little(out, (uint32_t)event.size, 4);
	buffer_append(out, event.bytes, event.size);
	buffer_free(&event);
}

void log_put_event(struct buffer *out, uint32_t pcr, uint32_t type, const void *data, size_t size)
{
	uint8_t digest[64];

	put_little(out, pcr, 4);
	put_little(out, type, 4);
	put_little(out, ARRAY_SIZE(log_algs), 4);
	for (size_t i = 0; i < ARRAY_SIZE(log_algs); i++) {
		put_little(out, log_algs[i].alg, 2);
		assert_int_equal(EVP_Digest(data, size, digest, NULL, log_algs[i].md(), NULL), 1);
		buffer_append(out, digest, log_algs[i].size);
	}
	put_little(out, (uint32_t)size, 4);
	buffer_append(out, data, size);
}

void log_put_locality(struct buffer *out, uint8_t locality)
{
	uint8_t data[17] = "StartupLocality";

	data[16] = locality;
	log_put_event(out, 0, TCG_EV_NO_ACTION, data, sizeof(data));
}

void log_extend(uint8_t value[32], const void *data, size_t size)
{
	uint8_t both[64];

	memcpy(both, value, 32);
	assert_int_equal(EVP_Digest(data, size, both + 32, NULL, EVP_sha256(), NULL), 1);
	assert_int_equal(EVP_Digest(both, sizeof(both), value, NULL, EVP_sha256(), NULL), 1);
}

static cbor_item_t *public_item(enum tpm_fixture_key key, uint32_t attributes, uint16_t scheme)
{
	struct buffer public = {0};
	cbor_item_t *item;

	tpm_put_public(&public, key, attributes, scheme);
	item = dcbor_bytes(public.bytes, public.size);
	buffer_free(&public);
	return item;
}

void tpm_put_map(struct buffer *out, enum tpm_fixture_key ak, enum tpm_fixture_key issuer)
{
	cbor_item_t *map = dcbor_map(), *eks = dcbor_map();
	struct tool_error error;
	uint8_t *der = NULL;
	int size = i2d_PUBKEY(tpm_fixture_key(issuer), &der);

	assert_true(size > 0);
	dcbor_put_int(
		eks, 0x01c00002, public_item(TPM_KEY_EK_RSA, TPM_EK_ATTRIBUTES, TPM_ALG_NULL));
	dcbor_put_int(
		eks, 0x01c0000a, public_item(TPM_KEY_EK_P256, TPM_EK_ATTRIBUTES, TPM_ALG_NULL));
	dcbor_put_int(
		eks, 0x01c00016, public_item(TPM_KEY_EK_P384, TPM_EK_ATTRIBUTES, TPM_ALG_NULL));
	dcbor_put_text(map, "ek", eks);
	dcbor_put_text(map, "ak", public_item(ak, TPM_AK_ATTRIBUTES, TPM_ALG_ECDSA));
	dcbor_put_text(map, "issuer", dcbor_bytes(der, (size_t)size));
	assert_true(dcbor_encode(map, out, &error));
	dcbor_free(map);
	OPENSSL_free(der);
}

void tpm_put_content(struct buffer *out, const struct buffer *map)
{
	const struct nacre_manifest_header header = {
		.guid = SVSM_GUID_VTPM, .version = NACRE_VTPM_MANIFEST_VERSION};

	buffer_append(out, &header, sizeof(header));
	buffer_append(out, map->bytes, map->size);
}

void tpm_put_services(struct buffer *out, const struct fixture_service *services, uint32_t count)
{
	struct svsm_services_manifest head = {.guid = SVSM_GUID_SERVICES_MANIFEST, .count = count};
	uint32_t at = (uint32_t)(sizeof(head) + count * sizeof(struct svsm_services_entry));

	head.size = at;
	for (uint32_t i = 0; i < count; i++)
		head.size += (uint32_t)services[i].content->size;
	buffer_append(out, &head, sizeof(head));
	for (uint32_t i = 0; i < count; i++) {
		struct svsm_services_entry entry = {
			.offset = at, .size = (uint32_t)services[i].content->size};

		memcpy(entry.guid, services[i].guid, sizeof(entry.guid));
		buffer_append(out, &entry, sizeof(entry));
		at += entry.size;
	}
	for (uint32_t i = 0; i < count; i++)
		buffer_append(out, services[i].content->bytes, services[i].content->size);
}

void tpm_put_platform(struct buffer *out)
{
	const size_t skip = sizeof(struct svsm_services_manifest) +
			    sizeof(struct svsm_services_entry);
	struct buffer list = {0};

	fixture_manifest(&list);
	buffer_append(out, list.bytes + skip, list.size - skip);
	buffer_free(&list);
}

void tpm_put_manifest(struct buffer *out, const struct buffer *content)
{
	struct buffer platform = {0};
	const struct fixture_service services[] = {
		{NACRE_GUID_PLATFORM, &platform}, {SVSM_GUID_VTPM, content}};

	tpm_put_platform(&platform);
	tpm_put_services(out, services, ARRAY_SIZE(services));
	buffer_free(&platform);
}
