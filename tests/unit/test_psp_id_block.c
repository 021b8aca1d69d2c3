/* SPDX-License-Identifier: MIT */
/*
 * ID blocks: made of the IGVM file's structure, accepted when they are the
 * launch's, and refused for each thing that is not.
 */
#include "tests/unit/unit_test.h"

#include "tests/unit/psp_fixture.h"

#define POLICY 0x30000ULL

/* An ID block of the launch, signed by two keys, as an IGVM file has it. */
static struct igvm_snp_id_block file;
static struct launch_facts launch;
static uint8_t id_key[CHIP_KEY_SIZE], author_key[CHIP_KEY_SIZE];

static void put_key(struct igvm_snp_public_key *to, const uint8_t key[CHIP_KEY_SIZE])
{
	struct snp_public_key public;

	assert_true(p384_public(key, &public, fixture_random));
	to->curve = public.curve;
	memcpy(to->qx, public.qx, sizeof(to->qx));
	memcpy(to->qy, public.qy, sizeof(to->qy));
}

static void put_signature(struct igvm_snp_signature *to, const uint8_t key[CHIP_KEY_SIZE],
	const void *data, size_t size)
{
	struct snp_signature signature;

	assert_true(p384_sign(key, data, size, &signature, fixture_random));
	memcpy(to->r, signature.r, sizeof(to->r));
	memcpy(to->s, signature.s, sizeof(to->s));
}

static void sign(void)
{
	struct launch_identity id;

	id_block_from_igvm(&file, POLICY, &id);
	put_signature(&file.id_key_signature, id_key, &id.block, sizeof(id.block));
	put_signature(
		&file.author_key_signature, author_key, &id.auth.id_key, sizeof(id.auth.id_key));
}

static int setup(void **state)
{
	(void)state;
	fixture_processor();
	memset(id_key, 0x21, sizeof(id_key));
	memset(author_key, 0x43, sizeof(author_key));
	launch = (struct launch_facts){.policy = POLICY, .digest = {1, 2, 3}};
	file = (struct igvm_snp_id_block){
		.compatibility_mask = 1,
		.author_key_enabled = 1,
		.launch_digest = {1, 2, 3},
		.family_id = {0xfa},
		.image_id = {0x1a},
		.version = 1,
		.guest_svn = 9,
		.id_key_algorithm = 1,
		.author_key_algorithm = 1,
	};
	put_key(&file.id_public_key, id_key);
	put_key(&file.author_public_key, author_key);
	sign();
	return 0;
}

static const char *refusal(void)
{
	struct launch_identity id;

	id_block_from_igvm(&file, launch.policy, &id);
	return id_block_refusal(&id, &launch);
}

/* The digest of a key is that of the firmware's structure: 0x404 bytes, little-endian. */
static void key_digest(const struct igvm_snp_public_key *key, uint8_t out[SNP_DIGEST_SIZE])
{
	uint8_t bytes[0x404] = {2};

	memcpy(bytes + 4, key->qx, 72);
	memcpy(bytes + 76, key->qy, 72);
	fixture_sha384(bytes, sizeof(bytes), out);
}

static void good(void **state)
{
	struct launch_identity id;
	uint8_t digest[SNP_DIGEST_SIZE];

	(void)state;
	assert_null(refusal());
	id_block_from_igvm(&file, POLICY, &id);
	id_block_accept(&id, &launch);
	assert_int_equal(launch.guest_svn, 9);
	assert_int_equal(launch.family_id[0], 0xfa);
	assert_int_equal(launch.image_id[0], 0x1a);
	assert_true(launch.author_key_enabled);
	key_digest(&file.id_public_key, digest);
	assert_memory_equal(launch.id_key_digest, digest, sizeof(digest));
	key_digest(&file.author_public_key, digest);
	assert_memory_equal(launch.author_key_digest, digest, sizeof(digest));
}

/* QEMU takes a curve for the sign of an author key; without one its rest is not looked at. */
static void no_author(void **state)
{
	static const uint8_t none[SNP_DIGEST_SIZE];
	struct launch_identity id;

	(void)state;
	memset(&file.author_public_key, 0, sizeof(file.author_public_key));
	memset(&file.author_key_signature, 0, sizeof(file.author_key_signature));
	file.author_key_algorithm = 0;
	assert_null(refusal());
	id_block_from_igvm(&file, POLICY, &id);
	id_block_accept(&id, &launch);
	assert_false(launch.author_key_enabled);
	assert_memory_equal(launch.author_key_digest, none, sizeof(none));
}

static void other_launch(void **state)
{
	(void)state;
	launch.digest[47] ^= 1;
	assert_string_equal(refusal(), "the launch digest is not the ID block's");
	launch.digest[47] ^= 1;
	launch.policy |= SNP_POLICY_DEBUG;
	assert_string_equal(refusal(), "the ID block's signature is not by the ID key");
}

static void other_policy_or_version(void **state)
{
	struct launch_identity id;

	(void)state;
	id_block_from_igvm(&file, POLICY, &id);
	id.block.policy |= SNP_POLICY_DEBUG;
	assert_string_equal(
		id_block_refusal(&id, &launch), "the guest policy is not the ID block's");
	id_block_from_igvm(&file, POLICY, &id);
	id.block.version = 2;
	assert_string_equal(id_block_refusal(&id, &launch), "the ID block's version is not 1");
}

static void other_algorithms(void **state)
{
	(void)state;
	file.id_key_algorithm = 2;
	assert_string_equal(refusal(), "the ID key's algorithm is not ECDSA P-384 with SHA-384");
	file.id_key_algorithm = 1;
	file.author_key_algorithm = 0;
	assert_string_equal(
		refusal(), "the author key's algorithm is not ECDSA P-384 with SHA-384");
}

/* Each byte that the signatures cover, and the signatures and keys themselves. */
static void every_byte(void **state)
{
	size_t first = offsetof(struct igvm_snp_id_block, family_id);
	size_t keys = offsetof(struct igvm_snp_id_block, id_key_signature);

	(void)state;
	for (size_t i = first; i < sizeof(file); i += i < keys ? 1 : 23) {
		bool ignored = i >= offsetof(struct igvm_snp_id_block, version) &&
			       i < offsetof(struct igvm_snp_id_block, guest_svn);
		uint8_t *byte = (uint8_t *)&file + i;

		*byte ^= 0x10;
		assert_int_equal(!refusal(), ignored);
		*byte ^= 0x10;
	}
	assert_null(refusal());
}

/* Signed by a key that the author has not signed, or by keys exchanged. */
static void other_keys(void **state)
{
	(void)state;
	author_key[0] ^= 1;
	sign();
	assert_string_equal(refusal(), "the ID key's signature is not by the author key");
	id_key[0] ^= 1;
	sign();
	assert_string_equal(refusal(), "the ID block's signature is not by the ID key");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(good, setup),
		cmocka_unit_test_setup(no_author, setup),
		cmocka_unit_test_setup(other_launch, setup),
		cmocka_unit_test_setup(other_policy_or_version, setup),
		cmocka_unit_test_setup(other_algorithms, setup),
		cmocka_unit_test_setup(every_byte, setup),
		cmocka_unit_test_setup(other_keys, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
