/* SPDX-License-Identifier: MIT */
/*
 * COSE_Sign1 (RFC 9052, section 4.2): a signed document with its payload inside,
 * tag 18, in deterministic CBOR. ES384 by a key on P-384, ES256 by one on P-256.
 */
#ifndef NACRE_TOOLS_COSE_H
#define NACRE_TOOLS_COSE_H

#include "tools/common/cbor.h"
#include "tools/common/ecdsa.h"

#define COSE_TAG_SIGN1 18U

/* Header labels and algorithms (RFC 9052, table 3; RFC 9053, table 1). */
#define COSE_HEADER_ALG 1
#define COSE_HEADER_CRIT 2
#define COSE_HEADER_CONTENT_TYPE 3
#define COSE_HEADER_KID 4
#define COSE_ALG_ES256 (-7)
#define COSE_ALG_ES384 (-35)

/*
 * Appends the signed @payload to @out. @headers is a map of further protected
 * headers (content type, ...) or NULL; its reference is taken over.
 */
MUST_CHECK bool cose_sign1(const EVP_PKEY *key, cbor_item_t *headers, const struct blob *payload,
	struct buffer *out, struct tool_error *error);

/* A signed document, taken apart but not verified. */
struct cose_message {
	cbor_item_t *root;    /* owned; @payload, @protected and @signature are in it */
	cbor_item_t *headers; /* owned: the protected headers, a map */
	struct blob payload, protected, signature;
};

/*
 * Reads @bytes, which may be hostile. A detached payload and critical headers
 * are refused. On success end with cose_free().
 */
MUST_CHECK bool cose_read(
	const uint8_t *bytes, size_t size, struct cose_message *message, struct tool_error *error);
void cose_free(struct cose_message *message);

/* Whether @key signed @message, by the algorithm that belongs to the key. */
MUST_CHECK bool cose_verify(
	EVP_PKEY *key, const struct cose_message *message, struct tool_error *error);

#endif
