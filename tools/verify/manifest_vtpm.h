/* SPDX-License-Identifier: MIT */
/*
 * What the vTPM's manifest says: the keys by which this launch's TPM is known.
 * Version 0 is the bare public area of the RSA endorsement key; Nacre's own, a
 * CBOR map (docs/vtpm-manifest.cddl), has all of them. The bytes may be hostile.
 */
#ifndef NACRE_VERIFY_MANIFEST_VTPM_H
#define NACRE_VERIFY_MANIFEST_VTPM_H

#include "tools/common/cbor.h"
#include "tpm_public.h"

#define VTPM_EKS_MAX 3U

struct vtpm_identity {
	cbor_item_t *map; /* owned, or NULL for a bare key; the rest points into it */
	struct tpm_public eks[VTPM_EKS_MAX];
	size_t ek_count;
	bool has_ak; /* and an issuer: only in Nacre's own version */
	struct tpm_public ak;
	EVP_PKEY *issuer; /* owned, or NULL: who signed this launch's certificates */
};

/* Whether it is a bare TPMT_PUBLIC, which no header is in front of. */
bool manifest_vtpm_is_bare(const struct blob *content);

/* False if @body is neither; @error has the offset in it. */
MUST_CHECK bool manifest_vtpm_check(const struct blob *body, struct tool_error *error);

/* Appends the kinds of the keys in a @body that was checked, as words. */
void manifest_vtpm_describe(const struct blob *body, struct buffer *text);

/* Reads the keys; @body must outlive @identity. End with vtpm_identity_free() in any case. */
MUST_CHECK bool vtpm_identity_read(
	const struct blob *body, struct vtpm_identity *identity, struct tool_error *error);
void vtpm_identity_free(struct vtpm_identity *identity);

/* The endorsement key with these bytes, or NULL. */
const struct tpm_public *vtpm_identity_ek(
	const struct vtpm_identity *identity, const struct blob *bytes);

#endif
