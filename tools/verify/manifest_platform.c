/* SPDX-License-Identifier: MIT */
/*
 * The map of nacre-platform's manifest; see manifest_platform.h.
 */
#include "manifest_platform.h"

#include "tools/common/cbor.h"

#define FIELDS 3
#define TEXT_MAX 64
#define FEATURES_MAX 32
#define BUILD_ID_SIZE 20

/* Printable ASCII: it may end on a terminal. */
static bool is_word(const cbor_item_t *item)
{
	size_t size = item && cbor_isa_string(item) ? cbor_string_length(item) : 0;

	for (size_t i = 0; i < size; i++) {
		if (cbor_string_handle(item)[i] <= ' ' || cbor_string_handle(item)[i] > '~')
			return false;
	}
	return size && size <= TEXT_MAX;
}

static bool is_build_id(const cbor_item_t *item)
{
	struct blob id;

	return dcbor_get_bytes(item, &id) && (id.size == 0 || id.size == BUILD_ID_SIZE);
}

static bool are_features(const cbor_item_t *item)
{
	if (!item || !cbor_isa_array(item) || !cbor_array_size(item) ||
		cbor_array_size(item) > FEATURES_MAX)
		return false;
	for (size_t i = 0; i < cbor_array_size(item); i++) {
		if (!is_word(dcbor_at(item, i)))
			return false;
	}
	return true;
}

static bool check_map(const cbor_item_t *map, struct tool_error *error)
{
	if (!cbor_isa_map(map) || cbor_map_size(map) != FIELDS)
		return fail_at(error, 0, "a CBOR map of %d fields was expected", FIELDS);
	if (!is_word(dcbor_get_text(map, "version")))
		return fail_at(
			error, 0, "\"version\" is not a word of at most %d letters", TEXT_MAX);
	if (!is_build_id(dcbor_get_text(map, "build-id")))
		return fail_at(error, 0, "\"build-id\" is not a string of %d bytes", BUILD_ID_SIZE);
	return are_features(dcbor_get_text(map, "features")) ||
	       fail_at(error, 0, "\"features\" is not a list of at most %d words", FEATURES_MAX);
}

bool manifest_platform_check(const struct blob *body, struct tool_error *error)
{
	cbor_item_t *map = dcbor_decode(body->bytes, body->size, error);
	bool ok = map && check_map(map, error);

	dcbor_free(map);
	return ok;
}

static void append_word(struct buffer *text, const cbor_item_t *word)
{
	buffer_append(text, cbor_string_handle(word), cbor_string_length(word));
}

void manifest_platform_describe(const struct blob *body, struct buffer *text)
{
	struct tool_error error;
	cbor_item_t *map = dcbor_decode(body->bytes, body->size, &error);
	const cbor_item_t *features = dcbor_get_text(map, "features");

	append_word(text, dcbor_get_text(map, "version"));
	for (size_t i = 0; i < cbor_array_size(features); i++) {
		buffer_append(text, ", ", 2);
		append_word(text, dcbor_at(features, i));
	}
	dcbor_free(map);
}
