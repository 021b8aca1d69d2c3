/* SPDX-License-Identifier: MIT */
/*
 * CBOR in its one deterministic form (RFC 8949, section 4.2.1): map keys sorted
 * bytewise, integers and lengths as short as they get, no indefinite lengths.
 * Items are libcbor's, which knows neither rule. Of simple values there are
 * false, true and null, no floating point: nothing of ours needs more. Host
 * programs write and read evidence, reference values and results with this.
 */
#ifndef NACRE_TOOLS_CBOR_H
#define NACRE_TOOLS_CBOR_H

/* Not <cbor.h>, which this file's own name hides from those beside it. */
#include <cbor/arrays.h>
#include <cbor/bytestrings.h>
#include <cbor/encoding.h>
#include <cbor/floats_ctrls.h>
#include <cbor/ints.h>
#include <cbor/maps.h>
#include <cbor/strings.h>
#include <cbor/tags.h>

#include "tools/common/buffer.h"
#include "tools/common/error.h"

/* Items nest no deeper than this in what is read or written. */
#define DCBOR_DEPTH_MAX 32U

/*
 * Building: each returns a new reference. Memory that runs out ends the
 * program: no input decides how much these need.
 */
cbor_item_t *dcbor_uint(uint64_t value);
cbor_item_t *dcbor_int(int64_t value);
cbor_item_t *dcbor_text(const char *text);
cbor_item_t *dcbor_text_of(const char *text, size_t size);
cbor_item_t *dcbor_bytes(const void *bytes, size_t size);
cbor_item_t *dcbor_bool(bool value);
cbor_item_t *dcbor_null(void);
cbor_item_t *dcbor_array(void);
cbor_item_t *dcbor_map(void);

/* These take over the references to @key, @value and @item. */
cbor_item_t *dcbor_tag(uint64_t tag, cbor_item_t *item);
void dcbor_add(cbor_item_t *array, cbor_item_t *item);
void dcbor_put(cbor_item_t *map, cbor_item_t *key, cbor_item_t *value);
void dcbor_put_int(cbor_item_t *map, int64_t key, cbor_item_t *value);
void dcbor_put_text(cbor_item_t *map, const char *key, cbor_item_t *value);

/* Gives up a reference; NULL is none. */
void dcbor_free(cbor_item_t *item);

/*
 * Appends @item to @out. False for a key that a map has twice, for what this
 * file's head leaves out, and if memory runs out; @out then holds a part.
 */
MUST_CHECK bool dcbor_encode(const cbor_item_t *item, struct buffer *out, struct tool_error *error);

/*
 * Reads exactly one item in deterministic form; the bytes may be hostile. A new
 * reference, or NULL: @error has the offset in @bytes and what was expected there.
 */
MUST_CHECK cbor_item_t *dcbor_decode(const uint8_t *bytes, size_t size, struct tool_error *error);

/*
 * Reading. Each looks for what it names and returns NULL or false if @item is
 * NULL, of another type, or has no such thing; items stay the container's.
 */
const cbor_item_t *dcbor_at(const cbor_item_t *array, size_t index);
const cbor_item_t *dcbor_get_int(const cbor_item_t *map, int64_t key);
const cbor_item_t *dcbor_get_text(const cbor_item_t *map, const char *key);
MUST_CHECK bool dcbor_get_bytes(const cbor_item_t *item, struct blob *bytes); /* item's */
MUST_CHECK bool dcbor_is_int(const cbor_item_t *item, int64_t value);
MUST_CHECK bool dcbor_is_text(const cbor_item_t *item, const char *text);

#endif
