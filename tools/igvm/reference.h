/* SPDX-License-Identifier: MIT */
/*
 * Reference values: what a verifier of attestation reports compares them with,
 * for a set of IGVM files, and what those files say they were built from.
 * Printed as JSON or as a CoRIM; docs/reference-values.cddl describes both.
 */
#ifndef NACRE_TOOLS_REFERENCE_H
#define NACRE_TOOLS_REFERENCE_H

#include <jansson.h>

#include "id_block.h"
#include "inputs.h"
#include "measure.h"
#include "service_table.h"

struct reference_image {
	const char *name; /* the file's, without folders */
	struct igvm_file file;
	uint8_t sha256[32]; /* of the whole file */
	struct inputs inputs;
	struct service_table services; /* as measured; count 0: none */
};

/* One launch: of an image, with a number of VMSAs. */
struct reference_value {
	const struct reference_image *image;
	struct launch_options launch;
	unsigned int vmsas; /* that the digest has in it */
	struct snp_digest digest;
	uint64_t sev_features; /* of vCPU 0's VMSA */
	uint64_t policy;
	struct id_block block;
};

struct references {
	const struct reference_image *images; /* the caller's */
	size_t image_count;
	struct reference_value *values; /* owned */
	size_t value_count;
	struct input *inputs; /* owned: of all images, sorted, each line once */
	size_t input_count;
};

/*
 * Computes the values of @images, each with the VMSAs of the file and, if @vmsas
 * is not LAUNCH_VMSAS_OF_FILE, with that many too. On success end with
 * references_free(). On failure @failed is the image that @error is about.
 */
MUST_CHECK bool references_make(const struct reference_image *images, size_t count,
	const struct launch_options *launch, struct references *references, size_t *failed,
	struct tool_error *error);
void references_free(struct references *references);

/* "of the file: 1", "4 copies of vCPU 0's". */
void reference_vmsa_text(const struct reference_value *value, char text[64]);

/* A new reference. */
json_t *references_json(const struct references *references);

/*
 * Appends the CoRIM, in deterministic CBOR, to @out: as it is, or signed by @key
 * if that is not NULL. @signer is the name that the signature gives.
 */
MUST_CHECK bool references_write_corim(const struct references *references, const EVP_PKEY *key,
	const char *signer, struct buffer *out, struct tool_error *error);

#endif
