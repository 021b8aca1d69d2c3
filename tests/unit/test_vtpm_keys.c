/* SPDX-License-Identifier: MIT */
/*
 * The templates of the vTPM's keys: their policies against those that TCG's EK
 * Credential Profile describes, made here step by step; reading of public areas, and
 * the manifest that has them.
 */
#include "tests/unit/unit_test.h"

#include <openssl/evp.h>

#include "services/vtpm/keys.h"
#include "services/vtpm/manifest.h"
#include "services/vtpm/marshal.h"
#include "services/vtpm/tpm_commands.h"

/* Where in the templates the policy stands: type, nameAlg, attributes, size. */
#define POLICY_OFFSET 10U

#define CC_POLICY_SECRET 0x151U
#define CC_POLICY_OR 0x171U
#define CC_POLICY_AUTHORIZE_NV 0x192U

struct policy {
	uint8_t bytes[256];
	struct tpm_writer writer;
};

static void hash(const EVP_MD *algorithm, struct policy *policy, uint8_t *digest)
{
	assert_false(policy->writer.full);
	assert_true(EVP_Digest(
		policy->bytes, tpm_written(&policy->writer), digest, NULL, algorithm, NULL));
}

/* A policy's step begins with the digest so far, here of zeros, and the command. */
static void begin(struct policy *policy, size_t size, uint32_t code)
{
	tpm_write_start(&policy->writer, policy->bytes, sizeof(policy->bytes));
	tpm_write_zeros(&policy->writer, size);
	tpm_write32(&policy->writer, code);
}

/* PolicySecret of the endorsement hierarchy, with an empty reference. */
static void policy_a(const EVP_MD *algorithm, size_t size, uint8_t *digest)
{
	struct policy policy;

	begin(&policy, size, CC_POLICY_SECRET);
	tpm_write32(&policy.writer, TPM_RH_ENDORSEMENT);
	hash(algorithm, &policy, digest);
	tpm_write_start(&policy.writer, policy.bytes, sizeof(policy.bytes));
	tpm_write_bytes(&policy.writer, digest, size);
	hash(algorithm, &policy, digest);
}

/* PolicyAuthorizeNV of the index that the profile keeps for it, SHA-384. */
static void policy_c(uint8_t digest[48])
{
	struct policy policy;
	uint8_t a[48];

	policy_a(EVP_sha384(), 48, a);
	tpm_write_start(&policy.writer, policy.bytes, sizeof(policy.bytes));
	tpm_write32(&policy.writer, 0x01c07f02);
	tpm_write16(&policy.writer, TPM_ALG_SHA384);
	tpm_write32(&policy.writer, 0x220f1008);
	tpm_write_sized(&policy.writer, a, sizeof(a));
	tpm_write16(&policy.writer, 2 + 48);
	hash(EVP_sha384(), &policy, a);
	begin(&policy, 48, CC_POLICY_AUTHORIZE_NV);
	tpm_write16(&policy.writer, TPM_ALG_SHA384);
	tpm_write_bytes(&policy.writer, a, sizeof(a));
	hash(EVP_sha384(), &policy, digest);
}

static void test_policies(void **state)
{
	uint8_t template[KEY_PUBLIC_MAX], a[48], c[48], b[48];
	struct policy policy;

	(void)state;
	policy_a(EVP_sha256(), 32, a);
	key_template(KEY_EK_P256, template);
	assert_memory_equal(template + POLICY_OFFSET, a, 32);
	key_template(KEY_EK_RSA2048, template);
	assert_memory_equal(template + POLICY_OFFSET, a, 32);
	policy_a(EVP_sha384(), 48, a);
	policy_c(c);
	begin(&policy, 48, CC_POLICY_OR);
	tpm_write_bytes(&policy.writer, a, sizeof(a));
	tpm_write_bytes(&policy.writer, c, sizeof(c));
	hash(EVP_sha384(), &policy, b);
	key_template(KEY_EK_P384, template);
	assert_memory_equal(template + POLICY_OFFSET, b, 48);
}

static void test_read(void **state)
{
	static const size_t first[KEY_COUNT] = {32, 0, 0, 256};
	static const uint16_t curves[KEY_COUNT] = {
		TPM_ECC_NIST_P256, TPM_ECC_NIST_P384, TPM_ECC_NIST_P256, 0};

	(void)state;
	for (enum key_name name = 0; name < KEY_COUNT; name++) {
		uint8_t template[KEY_PUBLIC_MAX];
		size_t size = key_template(name, template);
		struct key_numbers numbers;

		assert_true(key_read(template, size, &numbers));
		assert_int_equal(numbers.type, curves[name] ? TPM_ALG_ECC : TPM_ALG_RSA);
		assert_int_equal(numbers.curve, curves[name]);
		assert_int_equal(numbers.first_size, first[name]);
		for (size_t cut = 0; cut < size; cut++)
			assert_false(key_read(template, cut, &numbers));
		template[0] = 0x77;
		assert_false(key_read(template, size, &numbers));
	}
}

/* Keys of two bytes each, which differ. */
static void test_manifest(void **state)
{
	static const uint8_t wanted[] = {0xa3, 0x62, 'a', 'k', 0x42, 2, 2, 0x62, 'e', 'k', 0xa3,
		0x1a, 1, 0xc0, 0, 2, 0x42, 3, 3, 0x1a, 1, 0xc0, 0, 0x0a, 0x42, 0, 0, 0x1a, 1, 0xc0,
		0, 0x16, 0x42, 1, 1, 0x66, 'i', 's', 's', 'u', 'e', 'r', 0x43, 'k', 'e', 'y'};
	struct identity_key made[KEY_COUNT];
	const struct identity_key *keys[KEY_COUNT];
	struct issuer_public issuer = {.der = "key", .size = 3};
	uint8_t out[sizeof(wanted)];

	(void)state;
	for (enum key_name name = 0; name < KEY_COUNT; name++) {
		made[name].object_public[0] = made[name].object_public[1] = name;
		made[name].size = 2;
		keys[name] = &made[name];
	}
	assert_int_equal(manifest_write(keys, &issuer, out, sizeof(out)), sizeof(wanted));
	assert_memory_equal(out, wanted, sizeof(wanted));
	assert_int_equal(manifest_write(keys, &issuer, out, sizeof(out) - 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_manifest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
