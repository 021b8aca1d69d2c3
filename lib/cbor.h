/* SPDX-License-Identifier: MIT */
/*
 * Encoding of CBOR (RFC 8949) into memory of a fixed size, for the manifests
 * of services. Encoding only. Heads are always the shortest; with definite
 * lengths, which are the only ones here, the result is deterministic (section
 * 4.2.1) if the caller gives a map's keys in the order of their encodings.
 */
#ifndef NACRE_LIB_CBOR_H
#define NACRE_LIB_CBOR_H

#include "compiler.h"

struct cbor {
	uint8_t *at, *end;
	bool full; /* something did not fit: what was written is no encoding */
};

void cbor_start(struct cbor *cbor, void *memory, size_t size);

void cbor_unsigned(struct cbor *cbor, uint64_t value);
void cbor_bool(struct cbor *cbor, bool value);
void cbor_bytes(struct cbor *cbor, const void *bytes, size_t size);
void cbor_text(struct cbor *cbor, const char *text); /* UTF-8 */

/* Followed by @count items, or by @count pairs of a key and a value. */
void cbor_array(struct cbor *cbor, uint64_t count);
void cbor_map(struct cbor *cbor, uint64_t count);

#endif
