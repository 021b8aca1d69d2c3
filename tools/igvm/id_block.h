/* SPDX-License-Identifier: MIT */
/*
 * The SNP ID block of an IGVM file: what the owner of an image signs so that
 * the secure processor launches nothing else under that name. Made by `sign`,
 * shown by `inspect` and `measure`.
 */
#ifndef NACRE_TOOLS_ID_BLOCK_H
#define NACRE_TOOLS_ID_BLOCK_H

#include "parse.h"
#include "tools/common/buffer.h"
#include "tools/common/snp_key.h"

struct id_block_options {
	const EVP_PKEY *id_key;
	const EVP_PKEY *author_key; /* vouches for the ID key; or NULL */
	uint8_t family_id[16], image_id[16];
	uint32_t guest_svn;
};

/*
 * Appends to @out the file with an ID block for its launch digest and guest
 * policy, instead of those it may have for SEV-SNP; nothing else changes, the
 * digest least of all. An offset in @error is one in the file.
 */
MUST_CHECK bool id_block_sign(const struct igvm_file *file, const struct id_block_options *options,
	struct buffer *out, struct tool_error *error);

/* What is in the ID block of a file. */
struct id_block {
	bool present; /* else nothing of the rest counts */
	struct igvm_snp_id_block header;
	uint64_t offset; /* of its variable header */
	bool has_author;
	uint8_t id_key_digest[SNP_DIGEST_SIZE]; /* as reports have them; no author: zeros */
	uint8_t author_key_digest[SNP_DIGEST_SIZE];
	bool id_signature_good;     /* over the block that QEMU makes, with the file's policy */
	bool author_signature_good; /* over the ID key; false without an author */
};

/* The first ID block for SEV-SNP. */
void id_block_read(const struct igvm_file *file, struct id_block *block);

/* The policy of the file's launch on SEV-SNP; false if it gives none. */
MUST_CHECK bool id_block_policy(const struct igvm_file *file, uint64_t *policy);

#endif
