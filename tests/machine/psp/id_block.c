/* SPDX-License-Identifier: MIT */
/*
 * The ID block: what the guest's owner has signed about the launch. Made of the
 * IGVM file's structure as QEMU makes it, checked as SNP_LAUNCH_FINISH does.
 */
#include "secure_processor.h"
#include <mbedtls/sha512.h>
#include <string.h>

static void convert_key(const struct igvm_snp_public_key *from, struct snp_public_key *to)
{
	to->curve = from->curve;
	memcpy(to->qx, from->qx, sizeof(to->qx));
	memcpy(to->qy, from->qy, sizeof(to->qy));
}

static void convert_signature(const struct igvm_snp_signature *from, struct snp_signature *to)
{
	memcpy(to->r, from->r, sizeof(to->r));
	memcpy(to->s, from->s, sizeof(to->s));
}

/*
 * QEMU writes the version itself, takes the policy from the file's policy
 * header, and takes a curve in the author key for the flag that enables it.
 */
void id_block_from_igvm(
	const struct igvm_snp_id_block *from, uint64_t policy, struct launch_identity *to)
{
	memset(to, 0, sizeof(*to));
	memcpy(to->block.launch_digest, from->launch_digest, sizeof(to->block.launch_digest));
	memcpy(to->block.family_id, from->family_id, sizeof(to->block.family_id));
	memcpy(to->block.image_id, from->image_id, sizeof(to->block.image_id));
	to->block.version = SNP_ID_BLOCK_VERSION;
	to->block.guest_svn = from->guest_svn;
	to->block.policy = policy;
	to->auth.id_key_algorithm = from->id_key_algorithm;
	to->auth.author_key_algorithm = from->author_key_algorithm;
	convert_signature(&from->id_key_signature, &to->auth.id_block_signature);
	convert_key(&from->id_public_key, &to->auth.id_key);
	convert_signature(&from->author_key_signature, &to->auth.id_key_signature);
	convert_key(&from->author_public_key, &to->auth.author_key);
	to->author_key_enabled = (uint8_t)from->author_public_key.curve != 0;
}

static const char *signature_refusal(const struct launch_identity *id)
{
	const struct snp_id_auth *auth = &id->auth;

	if (auth->id_key_algorithm != SNP_REPORT_ECDSA_P384_SHA384)
		return "the ID key's algorithm is not ECDSA P-384 with SHA-384";
	if (!p384_verify(&auth->id_key, &id->block, sizeof(id->block), &auth->id_block_signature))
		return "the ID block's signature is not by the ID key";
	if (!id->author_key_enabled)
		return NULL;
	if (auth->author_key_algorithm != SNP_REPORT_ECDSA_P384_SHA384)
		return "the author key's algorithm is not ECDSA P-384 with SHA-384";
	if (!p384_verify(&auth->author_key, &auth->id_key, sizeof(auth->id_key),
		    &auth->id_key_signature))
		return "the ID key's signature is not by the author key";
	return NULL;
}

const char *id_block_refusal(const struct launch_identity *id, const struct launch_facts *facts)
{
	if (id->block.version != SNP_ID_BLOCK_VERSION)
		return "the ID block's version is not 1";
	if (memcmp(id->block.launch_digest, facts->digest, sizeof(facts->digest)))
		return "the launch digest is not the ID block's";
	if (id->block.policy != facts->policy)
		return "the guest policy is not the ID block's";
	return signature_refusal(id);
}

static void key_digest(const struct snp_public_key *key, uint8_t out[SNP_DIGEST_SIZE])
{
	uint8_t full[64];

	mbedtls_sha512((const uint8_t *)key, sizeof(*key), full, 1);
	memcpy(out, full, SNP_DIGEST_SIZE);
}

void id_block_accept(const struct launch_identity *id, struct launch_facts *facts)
{
	memcpy(facts->family_id, id->block.family_id, sizeof(facts->family_id));
	memcpy(facts->image_id, id->block.image_id, sizeof(facts->image_id));
	facts->guest_svn = id->block.guest_svn;
	key_digest(&id->auth.id_key, facts->id_key_digest);
	facts->author_key_enabled = id->author_key_enabled;
	if (id->author_key_enabled)
		key_digest(&id->auth.author_key, facts->author_key_digest);
}
