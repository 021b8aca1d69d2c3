/* SPDX-License-Identifier: MIT */
/*
 * MakeCredential against a TPM of software keys: the other half,
 * ActivateCredential, is done here step by step with libcrypto's own KDFs. A TPM
 * that others wrote does it in the suite "quote".
 */
#include "tests/unit/unit_test.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "tests/unit/tpm_fixture.h"
#include "tools/common/key.h"
#include "tools/verify/challenge.h"
#include "tools/verify/tpm_reader.h"

/* An object's name is in the credential; any bytes do. */
static const struct tpm_name name = {.bytes = {0, TPM_ALG_SHA256, 1, 2, 3}, .size = 34};

/* KDFa by libcrypto: counter mode of SP 800-108 with HMAC-SHA-256. */
static void kbkdf(const uint8_t seed[32], const char *label, const void *context, size_t size,
	uint8_t *out, size_t out_size)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "KBKDF", NULL);
	EVP_KDF_CTX *kdf_context = EVP_KDF_CTX_new(kdf);
	const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("mode", (char *)"counter", 0),
		OSSL_PARAM_construct_utf8_string("mac", (char *)"HMAC", 0),
		OSSL_PARAM_construct_utf8_string("digest", (char *)"SHA256", 0),
		OSSL_PARAM_construct_octet_string("key", (void *)seed, 32),
		OSSL_PARAM_construct_octet_string("salt", (void *)label, strlen(label)),
		OSSL_PARAM_construct_octet_string("info", (void *)context, size),
		OSSL_PARAM_construct_end()};

	assert_int_equal(EVP_KDF_derive(kdf_context, out, out_size, params), 1);
	EVP_KDF_CTX_free(kdf_context);
	EVP_KDF_free(kdf);
}

static void seed_of_rsa(EVP_PKEY *key, const struct blob *encrypted, uint8_t seed[32])
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	char *label = OPENSSL_strdup("IDENTITY");
	uint8_t out[512];
	size_t size = sizeof(out);

	assert_int_equal(EVP_PKEY_decrypt_init(context), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()), 1);
	assert_int_equal(EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, 9), 1);
	assert_int_equal(
		EVP_PKEY_decrypt(context, out, &size, encrypted->bytes, encrypted->size), 1);
	assert_int_equal(size, 32);
	memcpy(seed, out, 32);
	EVP_PKEY_CTX_free(context);
}

/* KDFe: SHA-256 of counter, Z, label with NUL, the x of both points. */
static void seed_of_ecc(EVP_PKEY *key, const struct blob *encrypted, uint8_t seed[32])
{
	struct tpm_reader reader = {.blob = *encrypted};
	const struct blob x = tpm_sized(&reader), y = tpm_sized(&reader);
	uint8_t own_x[KEY_SIZE_MAX], own_y[KEY_SIZE_MAX], z[KEY_SIZE_MAX];
	EVP_PKEY *peer = key_from_point(x.bytes, y.bytes, x.size);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	struct buffer all = {0};
	struct tool_error error;
	size_t size = x.size;

	assert_true(tpm_at_end(&reader));
	assert_non_null(peer);
	assert_int_equal(EVP_PKEY_derive_init(context), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(context, peer), 1);
	assert_int_equal(EVP_PKEY_derive(context, z, &size), 1);
	assert_true(key_point(key, own_x, own_y, &error));
	buffer_append(&all, "\0\0\0\1", 4);
	buffer_append(&all, z, size);
	buffer_append(&all, "IDENTITY", 9);
	buffer_append(&all, x.bytes, x.size);
	buffer_append(&all, own_x, size);
	assert_int_equal(EVP_Digest(all.bytes, all.size, seed, NULL, EVP_sha256(), NULL), 1);
	buffer_free(&all);
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(peer);
}

/* TPM2B_DIGEST in @secret, once the HMAC is right. */
static void open_identity(const struct blob *object, const uint8_t seed[32], uint8_t secret[34])
{
	static const uint8_t iv[16];
	uint8_t key[32], mac[32], both[34 + 34];
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	unsigned int mac_size;
	int size;

	assert_int_equal(object->size, 2 + 32 + 34);
	kbkdf(seed, "INTEGRITY", "", 0, key, 32);
	memcpy(both, object->bytes + 34, 34);
	memcpy(both + 34, name.bytes, 34);
	assert_non_null(HMAC(EVP_sha256(), key, 32, both, sizeof(both), mac, &mac_size));
	assert_memory_equal(object->bytes + 2, mac, 32);
	kbkdf(seed, "STORAGE", name.bytes, name.size, key, 16);
	assert_int_equal(EVP_DecryptInit_ex(context, EVP_aes_128_cfb128(), NULL, key, iv), 1);
	assert_int_equal(EVP_DecryptUpdate(context, secret, &size, object->bytes + 34, 34), 1);
	EVP_CIPHER_CTX_free(context);
}

static void read_ek(
	struct buffer *bytes, enum tpm_fixture_key key, uint32_t attributes, struct tpm_public *ek)
{
	struct tool_error error;

	tpm_put_public(bytes, key, attributes, TPM_ALG_NULL);
	assert_true(tpm_public_read(&(struct blob){bytes->bytes, bytes->size}, ek, &error));
}

static void the_tpm_gets_the_secret(void **state)
{
	uint8_t secret[TPM_CREDENTIAL_SECRET_SIZE], opened[34], seed[32];

	(void)state;
	memset(secret, 0x5e, sizeof(secret));
	for (enum tpm_fixture_key key = TPM_KEY_EK_RSA; key <= TPM_KEY_EK_P384; key++) {
		struct buffer bytes = {0}, credential = {0};
		struct tpm_reader reader = {.at = 0};
		struct blob object, encrypted;
		struct tool_error error;
		struct tpm_public ek;

		read_ek(&bytes, key, TPM_EK_ATTRIBUTES, &ek);
		assert_true(tpm_credential_make(&ek, &name, secret, &credential, &error));
		reader.blob = (struct blob){credential.bytes, credential.size};
		assert_int_equal(tpm_u32(&reader), 0xbadcc0de);
		assert_int_equal(tpm_u32(&reader), 1);
		object = tpm_sized(&reader);
		encrypted = tpm_sized(&reader);
		assert_true(tpm_at_end(&reader) && !reader.failed);
		if (key == TPM_KEY_EK_RSA)
			seed_of_rsa(tpm_fixture_key(key), &encrypted, seed);
		else
			seed_of_ecc(tpm_fixture_key(key), &encrypted, seed);
		open_identity(&object, seed, opened);
		assert_memory_equal(opened, "\0\x20", 2);
		assert_memory_equal(opened + 2, secret, sizeof(secret));
		buffer_free(&bytes);
		buffer_free(&credential);
	}
}

/* A key that could sign, or be given away, proves nothing about a TPM. */
static void keys_that_are_no_endorsement_keys(void **state)
{
	static const uint32_t attributes[] = {TPM_AK_ATTRIBUTES,
		TPM_EK_ATTRIBUTES | TPMA_OBJECT_SIGN, TPM_EK_ATTRIBUTES & ~TPMA_OBJECT_FIXED_TPM,
		TPM_EK_ATTRIBUTES & ~TPMA_OBJECT_RESTRICTED};
	static const uint8_t secret[TPM_CREDENTIAL_SECRET_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		struct buffer bytes = {0}, credential = {0};
		struct tool_error error;
		struct tpm_public ek;

		read_ek(&bytes, TPM_KEY_EK_P256, attributes[i], &ek);
		assert_false(tpm_credential_make(&ek, &name, secret, &credential, &error));
		buffer_free(&bytes);
		buffer_free(&credential);
	}
}

static void challenges_are_kept(void **state)
{
	struct buffer ek_bytes = {0}, ak_bytes = {0}, credential = {0}, text = {0};
	struct challenge challenge, again;
	struct tpm_public ek, ak;
	struct tool_error error;

	(void)state;
	read_ek(&ek_bytes, TPM_KEY_EK_RSA, TPM_EK_ATTRIBUTES, &ek);
	read_ek(&ak_bytes, TPM_KEY_AK_P256, TPM_AK_ATTRIBUTES, &ak);
	assert_true(challenge_make(&ek, &ak, &challenge, &credential, &error));
	assert_true(challenge_write(&challenge, &text, &error));
	assert_true(challenge_read(&(struct blob){text.bytes, text.size}, &again, &error));
	assert_memory_equal(&challenge, &again, sizeof(challenge));
	assert_true(challenge_is_answered(&again, &(struct blob){challenge.secret, 32}));
	assert_false(challenge_is_answered(&again, &(struct blob){challenge.secret, 31}));
	assert_false(challenge_is_answered(&again, &(struct blob){challenge.ek, 32}));
	for (size_t size = 0; size + 2 < text.size; size++)
		assert_false(challenge_read(&(struct blob){text.bytes, size}, &again, &error));
	buffer_append(&text, "{}", 2);
	assert_false(challenge_read(&(struct blob){text.bytes, text.size}, &again, &error));
	assert_false(challenge_make(&ek, &ek, &challenge, &credential, &error));
	buffer_free(&ek_bytes);
	buffer_free(&ak_bytes);
	buffer_free(&credential);
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tpm_gets_the_secret),
		cmocka_unit_test(keys_that_are_no_endorsement_keys),
		cmocka_unit_test(challenges_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, tpm_fixture_teardown);
}
