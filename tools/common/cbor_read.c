/* SPDX-License-Identifier: MIT */
/*
 * Reading deterministic CBOR into libcbor's items. libcbor's own reader would
 * reserve memory for any length that hostile bytes claim, knows few tags and
 * accepts what is not deterministic.
 */
#include "tools/common/cbor.h"

#include <inttypes.h>
#include <string.h>

#include "tools/common/text.h"

struct scan {
	const uint8_t *bytes;
	size_t size, at;
	struct tool_error *error;
};

/* The first byte of an item: major type and additional information. */
#define INFO_MASK 0x1fU
#define INFO_ONE_BYTE 24U
#define INFO_EIGHT_BYTES 27U
#define MAJOR_SHIFT 5

enum major {
	MAJOR_UINT,
	MAJOR_NEGINT,
	MAJOR_BYTES,
	MAJOR_TEXT,
	MAJOR_ARRAY,
	MAJOR_MAP,
	MAJOR_TAG,
	MAJOR_SIMPLE,
};

struct head {
	enum major major;
	uint64_t argument;
};

/* The least number that needs the head that @info announces. */
static uint64_t least_argument(unsigned int info)
{
	return info == INFO_ONE_BYTE ? INFO_ONE_BYTE : 1ULL << (4U << (info - INFO_ONE_BYTE));
}

static bool scan_argument(struct scan *scan, unsigned int info, struct head *head)
{
	size_t length = 1U << (info - INFO_ONE_BYTE), start = scan->at;

	if (scan->size - scan->at < length)
		return fail_at(scan->error, scan->at, "CBOR ends inside the head of an item");
	while (length--)
		head->argument = head->argument << 8 | scan->bytes[scan->at++];
	if (head->argument < least_argument(info))
		return fail_at(scan->error, start - 1,
			"CBOR number %" PRIu64 " is not in its shortest form", head->argument);
	return true;
}

static bool scan_head(struct scan *scan, struct head *head)
{
	unsigned int info;

	if (scan->at == scan->size)
		return fail_at(scan->error, scan->at, "CBOR ends where an item should begin");
	info = scan->bytes[scan->at] & INFO_MASK;
	head->major = scan->bytes[scan->at++] >> MAJOR_SHIFT;
	head->argument = 0;
	if (head->major == MAJOR_SIMPLE && (info < CBOR_CTRL_FALSE || info > CBOR_CTRL_NULL))
		return fail_at(scan->error, scan->at - 1,
			"CBOR simple value or number that is not false, true or null");
	if (info > INFO_EIGHT_BYTES)
		return fail_at(scan->error, scan->at - 1,
			"CBOR head of indefinite length or of no meaning (0x%02x)",
			scan->bytes[scan->at - 1]);
	if (info >= INFO_ONE_BYTE)
		return scan_argument(scan, info, head);
	head->argument = info;
	return true;
}

static cbor_item_t *scan_string(struct scan *scan, const struct head *head)
{
	const uint8_t *bytes = scan->bytes + scan->at;

	if (head->argument > scan->size - scan->at) {
		fail_at(scan->error, scan->at, "CBOR string of %" PRIu64 " bytes, but %zu are left",
			head->argument, scan->size - scan->at);
		return NULL;
	}
	if (head->major == MAJOR_TEXT && !text_is_utf8((const char *)bytes, head->argument)) {
		fail_at(scan->error, scan->at, "CBOR text that is not UTF-8");
		return NULL;
	}
	scan->at += head->argument;
	if (head->major == MAJOR_TEXT)
		return dcbor_text_of((const char *)bytes, head->argument);
	return dcbor_bytes(bytes, head->argument);
}

static cbor_item_t *scan_item(struct scan *scan, unsigned int depth);

/* Each item has a byte at least: what claims more than are left is refused before it counts. */
static bool check_count(struct scan *scan, const struct head *head, unsigned int per_item)
{
	if (head->argument > (scan->size - scan->at) / per_item)
		return fail_at(scan->error, scan->at,
			"CBOR array or map of %" PRIu64 " entries, but %zu bytes are left",
			head->argument, scan->size - scan->at);
	return true;
}

static bool scan_entries(struct scan *scan, cbor_item_t *array, uint64_t count, unsigned int depth)
{
	while (count--) {
		cbor_item_t *item = scan_item(scan, depth + 1);

		if (!item)
			return false;
		dcbor_add(array, item);
	}
	return true;
}

static cbor_item_t *scan_array(struct scan *scan, const struct head *head, unsigned int depth)
{
	cbor_item_t *array;

	if (!check_count(scan, head, 1))
		return NULL;
	array = dcbor_array();
	if (scan_entries(scan, array, head->argument, depth))
		return array;
	dcbor_free(array);
	return NULL;
}

/* Checks the key that begins at @key against the one before it, if @before is not NULL. */
static bool check_order(struct scan *scan, const struct blob *before, size_t key)
{
	size_t size = scan->at - key;
	int order;

	if (!before->bytes)
		return true;
	order = memcmp(before->bytes, scan->bytes + key, before->size < size ? before->size : size);
	if (order < 0)
		return true;
	return fail_at(
		scan->error, key, order ? "CBOR map key out of order" : "CBOR map key twice");
}

/* The next key and value into @map; @before is the key before, and then this one. */
static bool scan_pair(struct scan *scan, cbor_item_t *map, struct blob *before, unsigned int depth)
{
	size_t start = scan->at;
	cbor_item_t *key = scan_item(scan, depth + 1), *value;

	if (!key || !check_order(scan, before, start)) {
		dcbor_free(key);
		return false;
	}
	*before = (struct blob){scan->bytes + start, scan->at - start};
	value = scan_item(scan, depth + 1);
	if (!value) {
		dcbor_free(key);
		return false;
	}
	dcbor_put(map, key, value);
	return true;
}

static cbor_item_t *scan_map(struct scan *scan, const struct head *head, unsigned int depth)
{
	struct blob before = {0};
	cbor_item_t *map;

	if (!check_count(scan, head, 2))
		return NULL;
	map = dcbor_map();
	for (uint64_t i = 0; i < head->argument; i++) {
		if (!scan_pair(scan, map, &before, depth)) {
			dcbor_free(map);
			return NULL;
		}
	}
	return map;
}

static cbor_item_t *scan_tag(struct scan *scan, const struct head *head, unsigned int depth)
{
	cbor_item_t *item = scan_item(scan, depth + 1);

	return item ? dcbor_tag(head->argument, item) : NULL;
}

static cbor_item_t *simple_item(uint64_t value)
{
	return value == CBOR_CTRL_NULL ? dcbor_null() : dcbor_bool(value == CBOR_CTRL_TRUE);
}

static cbor_item_t *negative_item(uint64_t value)
{
	cbor_item_t *item = dcbor_uint(value);

	cbor_mark_negint(item);
	return item;
}

static cbor_item_t *scan_body(struct scan *scan, const struct head *head, unsigned int depth)
{
	switch (head->major) {
	case MAJOR_UINT:
		return dcbor_uint(head->argument);
	case MAJOR_NEGINT:
		return negative_item(head->argument);
	case MAJOR_BYTES:
	case MAJOR_TEXT:
		return scan_string(scan, head);
	case MAJOR_ARRAY:
		return scan_array(scan, head, depth);
	case MAJOR_MAP:
		return scan_map(scan, head, depth);
	case MAJOR_TAG:
		return scan_tag(scan, head, depth);
	default:
		return simple_item(head->argument);
	}
}

/* A new reference, or NULL with the error of @scan. */
static cbor_item_t *scan_item(struct scan *scan, unsigned int depth)
{
	struct head head = {0};

	if (depth >= DCBOR_DEPTH_MAX) {
		fail_at(scan->error, scan->at, "CBOR nests more than %u deep", DCBOR_DEPTH_MAX);
		return NULL;
	}
	return scan_head(scan, &head) ? scan_body(scan, &head, depth) : NULL;
}

cbor_item_t *dcbor_decode(const uint8_t *bytes, size_t size, struct tool_error *error)
{
	struct scan scan = {.bytes = bytes, .size = size};
	cbor_item_t *item;

	scan.error = error;
	item = scan_item(&scan, 0);

	if (item && scan.at != size) {
		fail_at(error, scan.at, "%zu bytes behind the CBOR item", size - scan.at);
		dcbor_free(item);
		return NULL;
	}
	return item;
}
