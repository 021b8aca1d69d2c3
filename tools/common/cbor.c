/* SPDX-License-Identifier: MIT */
/*
 * Building, writing and looking into deterministic CBOR. cbor_read.c reads.
 */
#include "tools/common/cbor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/common/text.h"

#define HEAD_MAX 9U /* bytes of an item's head */

static cbor_item_t *got(cbor_item_t *item)
{
	if (item)
		return item;
	fputs("out of memory for CBOR\n", stderr);
	abort();
}

cbor_item_t *dcbor_uint(uint64_t value)
{
	return got(cbor_build_uint64(value));
}

cbor_item_t *dcbor_int(int64_t value)
{
	return value < 0 ? got(cbor_build_negint64((uint64_t) - (value + 1)))
			 : dcbor_uint((uint64_t)value);
}

cbor_item_t *dcbor_text(const char *text)
{
	return got(cbor_build_string(text));
}

cbor_item_t *dcbor_text_of(const char *text, size_t size)
{
	return got(cbor_build_stringn(text, size));
}

cbor_item_t *dcbor_bytes(const void *bytes, size_t size)
{
	return got(cbor_build_bytestring(bytes, size));
}

cbor_item_t *dcbor_bool(bool value)
{
	return got(cbor_build_bool(value));
}

cbor_item_t *dcbor_null(void)
{
	return got(cbor_build_ctrl(CBOR_CTRL_NULL));
}

cbor_item_t *dcbor_array(void)
{
	return got(cbor_new_indefinite_array());
}

cbor_item_t *dcbor_map(void)
{
	return got(cbor_new_indefinite_map());
}

cbor_item_t *dcbor_tag(uint64_t tag, cbor_item_t *item)
{
	cbor_item_t *tagged = got(cbor_build_tag(tag, item));

	dcbor_free(item);
	return tagged;
}

void dcbor_add(cbor_item_t *array, cbor_item_t *item)
{
	if (!cbor_array_push(array, item))
		got(NULL);
	dcbor_free(item);
}

void dcbor_put(cbor_item_t *map, cbor_item_t *key, cbor_item_t *value)
{
	if (!cbor_map_add(map, (struct cbor_pair){.key = key, .value = value}))
		got(NULL);
	dcbor_free(key);
	dcbor_free(value);
}

void dcbor_put_int(cbor_item_t *map, int64_t key, cbor_item_t *value)
{
	dcbor_put(map, dcbor_int(key), value);
}

void dcbor_put_text(cbor_item_t *map, const char *key, cbor_item_t *value)
{
	dcbor_put(map, dcbor_text(key), value);
}

void dcbor_free(cbor_item_t *item)
{
	if (item)
		cbor_decref(&item);
}

/* libcbor's encoders of heads, for whole numbers of any size, choose the shortest form. */
typedef size_t (*encode_head_fn)(uint64_t value, unsigned char *out, size_t size);

static void append_head(struct buffer *out, encode_head_fn encode, uint64_t value)
{
	uint8_t head[HEAD_MAX];

	buffer_append(out, head, encode(value, head, sizeof(head)));
}

static void append_bytes(
	struct buffer *out, encode_head_fn encode, const uint8_t *bytes, size_t size)
{
	append_head(out, encode, size);
	buffer_append(out, bytes, size);
}

static bool encode_item(
	const cbor_item_t *item, unsigned int depth, struct buffer *out, struct tool_error *error);

static bool encode_string(const cbor_item_t *item, struct buffer *out, struct tool_error *error)
{
	bool text = cbor_isa_string(item);

	if (!(text ? cbor_string_is_definite(item) : cbor_bytestring_is_definite(item)))
		return fail_with(error, "a string in chunks cannot be written deterministically");
	if (text && !text_is_utf8((const char *)cbor_string_handle(item), cbor_string_length(item)))
		return fail_with(error, "text that is not UTF-8");
	if (text)
		append_bytes(out, cbor_encode_string_start, cbor_string_handle(item),
			cbor_string_length(item));
	else
		append_bytes(out, cbor_encode_bytestring_start, cbor_bytestring_handle(item),
			cbor_bytestring_length(item));
	return true;
}

static bool encode_array(
	const cbor_item_t *item, unsigned int depth, struct buffer *out, struct tool_error *error)
{
	append_head(out, cbor_encode_array_start, cbor_array_size(item));
	for (size_t i = 0; i < cbor_array_size(item); i++) {
		if (!encode_item(cbor_array_handle(item)[i], depth + 1, out, error))
			return false;
	}
	return true;
}

/* A pair of a map with its key as it is written. */
struct encoded_pair {
	struct buffer key;
	const cbor_item_t *value;
};

/* Bytewise; a key is never a prefix of another. */
static int compare_keys(const void *left, const void *right)
{
	const struct buffer *a = &((const struct encoded_pair *)left)->key;
	const struct buffer *b = &((const struct encoded_pair *)right)->key;

	return memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
}

static bool encode_keys(const cbor_item_t *map, unsigned int depth, struct encoded_pair *pairs,
	struct tool_error *error)
{
	for (size_t i = 0; i < cbor_map_size(map); i++) {
		pairs[i].value = cbor_map_handle(map)[i].value;
		if (!encode_item(cbor_map_handle(map)[i].key, depth + 1, &pairs[i].key, error))
			return false;
		if (pairs[i].key.failed)
			return fail_with(error, "out of memory");
	}
	return true;
}

static bool append_pairs(struct encoded_pair *pairs, size_t count, unsigned int depth,
	struct buffer *out, struct tool_error *error)
{
	qsort(pairs, count, sizeof(*pairs), compare_keys);
	append_head(out, cbor_encode_map_start, count);
	for (size_t i = 0; i < count; i++) {
		if (i && !compare_keys(&pairs[i - 1], &pairs[i]))
			return fail_with(error, "a map has the same key twice");
		buffer_append(out, pairs[i].key.bytes, pairs[i].key.size);
		if (!encode_item(pairs[i].value, depth + 1, out, error))
			return false;
	}
	return true;
}

static bool encode_map(
	const cbor_item_t *item, unsigned int depth, struct buffer *out, struct tool_error *error)
{
	size_t count = cbor_map_size(item);
	struct encoded_pair *pairs = calloc(count + 1, sizeof(*pairs));
	bool ok;

	if (!pairs)
		return fail_with(error, "out of memory");
	ok = encode_keys(item, depth, pairs, error) &&
	     append_pairs(pairs, count, depth, out, error);
	for (size_t i = 0; i < count; i++)
		buffer_free(&pairs[i].key);
	free(pairs);
	return ok;
}

static bool encode_tag(
	const cbor_item_t *item, unsigned int depth, struct buffer *out, struct tool_error *error)
{
	cbor_item_t *inner = cbor_tag_item(item);
	bool ok;

	append_head(out, cbor_encode_tag, cbor_tag_value(item));
	ok = encode_item(inner, depth + 1, out, error);
	dcbor_free(inner);
	return ok;
}

static bool encode_simple(const cbor_item_t *item, struct buffer *out, struct tool_error *error)
{
	uint8_t byte;

	if (!cbor_float_ctrl_is_ctrl(item) || (!cbor_is_bool(item) && !cbor_is_null(item)))
		return fail_with(error, "a simple value that is not false, true or null");
	cbor_encode_ctrl(cbor_ctrl_value(item), &byte, sizeof(byte));
	buffer_append(out, &byte, sizeof(byte));
	return true;
}

static bool encode_item(
	const cbor_item_t *item, unsigned int depth, struct buffer *out, struct tool_error *error)
{
	if (depth >= DCBOR_DEPTH_MAX)
		return fail_with(error, "items nest more than %u deep", DCBOR_DEPTH_MAX);
	switch (cbor_typeof(item)) {
	case CBOR_TYPE_UINT:
		append_head(out, cbor_encode_uint, cbor_get_int(item));
		return true;
	case CBOR_TYPE_NEGINT:
		append_head(out, cbor_encode_negint, cbor_get_int(item));
		return true;
	case CBOR_TYPE_BYTESTRING:
	case CBOR_TYPE_STRING:
		return encode_string(item, out, error);
	case CBOR_TYPE_ARRAY:
		return encode_array(item, depth, out, error);
	case CBOR_TYPE_MAP:
		return encode_map(item, depth, out, error);
	case CBOR_TYPE_TAG:
		return encode_tag(item, depth, out, error);
	default:
		return encode_simple(item, out, error);
	}
}

bool dcbor_encode(const cbor_item_t *item, struct buffer *out, struct tool_error *error)
{
	if (!encode_item(item, 0, out, error))
		return false;
	return !out->failed || fail_with(error, "out of memory");
}

const cbor_item_t *dcbor_at(const cbor_item_t *array, size_t index)
{
	if (!array || !cbor_isa_array(array) || index >= cbor_array_size(array))
		return NULL;
	return cbor_array_handle(array)[index];
}

bool dcbor_is_int(const cbor_item_t *item, int64_t value)
{
	uint64_t magnitude = value < 0 ? (uint64_t) - (value + 1) : (uint64_t)value;

	return item && (value < 0 ? cbor_isa_negint(item) : cbor_isa_uint(item)) &&
	       cbor_get_int(item) == magnitude;
}

bool dcbor_is_text(const cbor_item_t *item, const char *text)
{
	return item && cbor_isa_string(item) && cbor_string_is_definite(item) &&
	       cbor_string_length(item) == strlen(text) &&
	       !memcmp(cbor_string_handle(item), text, strlen(text));
}

bool dcbor_get_bytes(const cbor_item_t *item, struct blob *bytes)
{
	if (!item || !cbor_isa_bytestring(item) || !cbor_bytestring_is_definite(item))
		return false;
	*bytes = (struct blob){cbor_bytestring_handle(item), cbor_bytestring_length(item)};
	return true;
}

const cbor_item_t *dcbor_get_int(const cbor_item_t *map, int64_t key)
{
	for (size_t i = 0; map && cbor_isa_map(map) && i < cbor_map_size(map); i++) {
		if (dcbor_is_int(cbor_map_handle(map)[i].key, key))
			return cbor_map_handle(map)[i].value;
	}
	return NULL;
}

const cbor_item_t *dcbor_get_text(const cbor_item_t *map, const char *key)
{
	for (size_t i = 0; map && cbor_isa_map(map) && i < cbor_map_size(map); i++) {
		if (dcbor_is_text(cbor_map_handle(map)[i].key, key))
			return cbor_map_handle(map)[i].value;
	}
	return NULL;
}
