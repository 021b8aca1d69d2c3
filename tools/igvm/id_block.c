/* SPDX-License-Identifier: MIT */
/*
 * Forming, signing and checking ID blocks. QEMU's loader makes ID_BLOCK and
 * ID_AUTH out of the header: version 1, the policy of GUEST_POLICY, the author
 * key if the low byte of its curve is not zero (author_key_enabled is not read).
 */
#include "id_block.h"

#include <openssl/evp.h>

#include "edit.h"
#include "measure.h"

static bool is_id_block(const struct igvm_item *item, uint32_t mask)
{
	return item->type == IGVM_SNP_ID_BLOCK && item->info && item->mask & mask;
}

/* The last one counts, as in QEMU. */
bool id_block_policy(const struct igvm_file *file, uint64_t *policy)
{
	uint32_t mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP);
	struct igvm_guest_policy body;
	bool found = false;

	for (size_t i = 0; i < file->item_count; i++) {
		if (file->items[i].type != IGVM_GUEST_POLICY || !(file->items[i].mask & mask))
			continue;
		IGVM_BODY(&file->items[i], &body);
		*policy = body.policy;
		found = true;
	}
	return found;
}

/* The block that is signed, as SNP_LAUNCH_FINISH gets it. */
static struct snp_id_block launch_block(const struct igvm_snp_id_block *header, uint64_t policy)
{
	struct snp_id_block block = {
		.version = SNP_ID_BLOCK_VERSION,
		.guest_svn = header->guest_svn,
		.policy = policy,
	};

	memcpy(block.launch_digest, header->launch_digest, sizeof(block.launch_digest));
	memcpy(block.family_id, header->family_id, sizeof(block.family_id));
	memcpy(block.image_id, header->image_id, sizeof(block.image_id));
	return block;
}

static struct snp_signature launch_signature(const struct igvm_snp_signature *signature)
{
	struct snp_signature out = {.reserved = {0}};

	memcpy(out.r, signature->r, sizeof(out.r));
	memcpy(out.s, signature->s, sizeof(out.s));
	return out;
}

static struct snp_public_key launch_key(const struct igvm_snp_public_key *key)
{
	struct snp_public_key out = {.curve = key->curve};

	memcpy(out.qx, key->qx, sizeof(out.qx));
	memcpy(out.qy, key->qy, sizeof(out.qy));
	return out;
}

/* Signs @message into the header's form. */
static bool sign_into(const EVP_PKEY *key, const void *message, size_t size,
	struct igvm_snp_signature *out, struct tool_error *error)
{
	struct snp_signature signature;

	if (!snp_sign(key, message, size, &signature, error))
		return false;
	memcpy(out->r, signature.r, sizeof(out->r));
	memcpy(out->s, signature.s, sizeof(out->s));
	return true;
}

static bool put_key(const EVP_PKEY *key, struct snp_public_key *public_key,
	struct igvm_snp_public_key *out, struct tool_error *error)
{
	if (!snp_public_key(key, public_key, error))
		return false;
	out->curve = public_key->curve;
	memcpy(out->qx, public_key->qx, sizeof(out->qx));
	memcpy(out->qy, public_key->qy, sizeof(out->qy));
	return true;
}

static bool sign_header(struct igvm_snp_id_block *header, uint64_t policy,
	const struct id_block_options *options, struct tool_error *error)
{
	struct snp_id_block block = launch_block(header, policy);
	struct snp_public_key id_key, author_key;

	header->id_key_algorithm = SNP_REPORT_ECDSA_P384_SHA384;
	if (!put_key(options->id_key, &id_key, &header->id_public_key, error) ||
		!sign_into(
			options->id_key, &block, sizeof(block), &header->id_key_signature, error))
		return false;
	if (!options->author_key)
		return true;
	header->author_key_enabled = 1;
	header->author_key_algorithm = SNP_REPORT_ECDSA_P384_SHA384;
	return put_key(options->author_key, &author_key, &header->author_public_key, error) &&
	       sign_into(options->author_key, &id_key, sizeof(id_key),
		       &header->author_key_signature, error);
}

/* The digest of the launch as `measure` predicts it without options. */
static bool measure_file(
	const struct igvm_file *file, struct snp_digest *digest, struct tool_error *error)
{
	const struct launch_options launch = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE};

	return igvm_measure(file, &launch, digest, error);
}

static bool make_header(const struct igvm_file *file, const struct id_block_options *options,
	struct igvm_snp_id_block *header, struct tool_error *error)
{
	struct snp_digest digest;
	uint64_t policy;

	if (!measure_file(file, &digest, error))
		return false;
	if (!id_block_policy(file, &policy))
		return fail_with(error, "expected a GUEST_POLICY header for SEV-SNP, to be signed "
					"with the ID block");
	*header = (struct igvm_snp_id_block){
		.compatibility_mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP),
		.version = SNP_ID_BLOCK_VERSION,
		.guest_svn = options->guest_svn,
	};
	memcpy(header->launch_digest, digest.value, sizeof(header->launch_digest));
	memcpy(header->family_id, options->family_id, sizeof(header->family_id));
	memcpy(header->image_id, options->image_id, sizeof(header->image_id));
	return sign_header(header, policy, options, error);
}

/* What was written must be the file that was meant: the digest may not have moved. */
static bool check_result(
	const struct buffer *out, const struct igvm_snp_id_block *header, struct tool_error *error)
{
	struct snp_digest digest;
	struct igvm_file file;
	bool ok;

	if (!igvm_parse(out->bytes, out->size, &file, error))
		return false;
	ok = measure_file(&file, &digest, error);
	if (ok && memcmp(digest.value, header->launch_digest, sizeof(digest.value)))
		ok = fail_with(error, "the launch digest changed while signing");
	igvm_free(&file);
	return ok;
}

bool id_block_sign(const struct igvm_file *file, const struct id_block_options *options,
	struct buffer *out, struct tool_error *error)
{
	uint32_t mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP);
	struct igvm_snp_id_block header;
	struct edit edit;
	bool ok;

	if (!make_header(file, options, &header, error))
		return false;
	edit_begin(&edit, file);
	for (size_t i = 0; i < file->item_count; i++) {
		if (!is_id_block(&file->items[i], mask))
			edit_keep(&edit, &file->items[i]);
	}
	edit_add(&edit, IGVM_SNP_ID_BLOCK, &header, sizeof(header));
	ok = edit_finish(&edit, out, error) && check_result(out, &header, error);
	return ok;
}

static void check_signatures(const struct igvm_file *file, struct id_block *block)
{
	const struct snp_public_key id_key = launch_key(&block->header.id_public_key);
	const struct snp_public_key author_key = launch_key(&block->header.author_public_key);
	const struct snp_signature by_id = launch_signature(&block->header.id_key_signature);
	const struct snp_signature by_author = launch_signature(
		&block->header.author_key_signature);
	EVP_PKEY *id = snp_public_key_read(&id_key);
	EVP_PKEY *author = block->has_author ? snp_public_key_read(&author_key) : NULL;
	struct snp_id_block signed_block;
	uint64_t policy = 0;

	snp_key_digest(&id_key, block->id_key_digest);
	if (block->has_author)
		snp_key_digest(&author_key, block->author_key_digest);
	/* QEMU takes no policy as one of zero. */
	if (!id_block_policy(file, &policy))
		policy = 0;
	signed_block = launch_block(&block->header, policy);
	block->id_signature_good = id &&
				   block->header.id_key_algorithm == SNP_REPORT_ECDSA_P384_SHA384 &&
				   snp_verify(id, &signed_block, sizeof(signed_block), &by_id);
	block->author_signature_good = author &&
				       block->header.author_key_algorithm ==
					       SNP_REPORT_ECDSA_P384_SHA384 &&
				       snp_verify(author, &id_key, sizeof(id_key), &by_author);
	EVP_PKEY_free(id);
	EVP_PKEY_free(author);
}

void id_block_read(const struct igvm_file *file, struct id_block *block)
{
	uint32_t mask = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP);

	*block = (struct id_block){.present = false};
	for (size_t i = 0; i < file->item_count && !block->present; i++) {
		if (!is_id_block(&file->items[i], mask))
			continue;
		block->present = true;
		block->offset = file->items[i].offset;
		IGVM_BODY(&file->items[i], &block->header);
	}
	if (!block->present)
		return;
	block->has_author = block->header.author_public_key.curve & 0xff;
	check_signatures(file, block);
}
