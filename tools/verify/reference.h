/* SPDX-License-Identifier: MIT */
/*
 * What may have been launched: measurements, with the launch policy and ID
 * block that belong to them, from an IGVM file, from the JSON that
 * nacre-igvm reference-values writes, or from the command line.
 */
#ifndef NACRE_VERIFY_REFERENCE_H
#define NACRE_VERIFY_REFERENCE_H

#include "snp_guest.h"
#include "tools/common/buffer.h"
#include "tools/common/error.h"
#include "tools/igvm/launch_walk.h"

#define REFERENCE_VALUES_MAX 64
#define REFERENCE_FILE_MAX (16 * MIB)
#define REFERENCE_SOURCE_SIZE 160

struct reference_value {
	uint8_t measurement[SNP_DIGEST_SIZE];
	char source[REFERENCE_SOURCE_SIZE]; /* "nacre.igvm, launched as QEMU does, 1 VMSA" */
	bool has_policy, has_family_id, has_image_id, has_svn, has_id_key, has_author_key;
	uint64_t policy;
	uint8_t family_id[16], image_id[16];
	uint32_t svn;
	uint8_t id_key[SNP_DIGEST_SIZE], author_key[SNP_DIGEST_SIZE]; /* digests, as in reports */
};

struct reference {
	struct reference_value values[REFERENCE_VALUES_MAX];
	size_t count;
};

/* Adds the launch of the IGVM file in @blob. @name is for people. */
MUST_CHECK bool reference_add_igvm(struct reference *reference, const struct blob *blob,
	const char *name, const struct launch_options *options, struct tool_error *error);

/* Adds the values for sev-snp of a reference-values document. */
MUST_CHECK bool reference_add_json(struct reference *reference, const struct blob *blob,
	const char *name, struct tool_error *error);

/* Adds a measurement of 96 hexadecimal digits. */
MUST_CHECK bool reference_add_text(
	struct reference *reference, const char *text, struct tool_error *error);

/* The first value with that measurement, or NULL. */
const struct reference_value *reference_find(
	const struct reference *reference, const uint8_t measurement[SNP_DIGEST_SIZE]);

#endif
