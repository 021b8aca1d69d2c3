/* SPDX-License-Identifier: MIT */
/*
 * Deterministic CBOR (tools/common/cbor.c): the examples of RFC 8949, appendix
 * A, both ways, its order of map keys, and what must be refused where.
 */
#include "tests/unit/unit_test.h"

#include "tools/common/cbor.h"
#include "tools/common/text.h"

static void assert_encodes(cbor_item_t *item, const char *expected)
{
	struct buffer out = {0};
	struct tool_error error;
	char text[512];

	assert_true(dcbor_encode(item, &out, &error));
	assert_true(out.size < sizeof(text) / 2);
	hex_encode(out.bytes, out.size, text);
	assert_string_equal(text, expected);
	buffer_free(&out);
	dcbor_free(item);
}

static const struct {
	uint64_t value;
	const char *encoding;
} unsigned_numbers[] = {
	{0, "00"},
	{1, "01"},
	{10, "0a"},
	{23, "17"},
	{24, "1818"},
	{25, "1819"},
	{100, "1864"},
	{255, "18ff"},
	{256, "190100"},
	{1000, "1903e8"},
	{65535, "19ffff"},
	{65536, "1a00010000"},
	{1000000, "1a000f4240"},
	{UINT32_MAX, "1affffffff"},
	{1ULL << 32, "1b0000000100000000"},
	{1000000000000, "1b000000e8d4a51000"},
	{UINT64_MAX, "1bffffffffffffffff"},
};

static void numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unsigned_numbers); i++)
		assert_encodes(dcbor_uint(unsigned_numbers[i].value), unsigned_numbers[i].encoding);
	assert_encodes(dcbor_int(7), "07");
	assert_encodes(dcbor_int(-1), "20");
	assert_encodes(dcbor_int(-10), "29");
	assert_encodes(dcbor_int(-24), "37");
	assert_encodes(dcbor_int(-25), "3818");
	assert_encodes(dcbor_int(-100), "3863");
	assert_encodes(dcbor_int(-1000), "3903e7");
	assert_encodes(dcbor_int(INT64_MIN), "3b7fffffffffffffff");
}

static void simple_values_and_strings(void **state)
{
	(void)state;
	assert_encodes(dcbor_bool(false), "f4");
	assert_encodes(dcbor_bool(true), "f5");
	assert_encodes(dcbor_null(), "f6");
	assert_encodes(dcbor_bytes("", 0), "40");
	assert_encodes(dcbor_bytes("\1\2\3\4", 4), "4401020304");
	assert_encodes(dcbor_text(""), "60");
	assert_encodes(dcbor_text("a"), "6161");
	assert_encodes(dcbor_text("IETF"), "6449455446");
	assert_encodes(dcbor_text("\"\\"), "62225c");
	assert_encodes(dcbor_text("\u00fc"), "62c3bc");
	assert_encodes(dcbor_text("\u6c34"), "63e6b0b4");
	assert_encodes(dcbor_text("\U00010151"), "64f0908591");
	assert_encodes(dcbor_text_of("IETFx", 4), "6449455446");
	assert_encodes(dcbor_tag(1, dcbor_uint(1363896240)), "c11a514b67b0");
	assert_encodes(dcbor_tag(23, dcbor_bytes("\1\2\3\4", 4)), "d74401020304");
	assert_encodes(dcbor_tag(24, dcbor_bytes("dIETF", 5)), "d818456449455446");
}

static cbor_item_t *pair_of(int64_t first, int64_t second)
{
	cbor_item_t *array = dcbor_array();

	dcbor_add(array, dcbor_int(first));
	dcbor_add(array, dcbor_int(second));
	return array;
}

static void arrays(void **state)
{
	cbor_item_t *array = dcbor_array();

	(void)state;
	assert_encodes(dcbor_array(), "80");
	dcbor_add(array, dcbor_int(1));
	dcbor_add(array, pair_of(2, 3));
	dcbor_add(array, pair_of(4, 5));
	assert_encodes(array, "8301820203820405");
	array = dcbor_array();
	for (int i = 1; i <= 25; i++)
		dcbor_add(array, dcbor_int(i));
	assert_encodes(array, "98190102030405060708090a0b0c0d0e0f101112131415161718181819");
}

static void maps(void **state)
{
	static const char *const letters[] = {"e", "b", "d", "a", "c"};
	cbor_item_t *map = dcbor_map();
	char upper[2] = {0};

	(void)state;
	assert_encodes(dcbor_map(), "a0");
	dcbor_put_int(map, 3, dcbor_int(4));
	dcbor_put_int(map, 1, dcbor_int(2));
	assert_encodes(map, "a201020304");
	map = dcbor_map();
	dcbor_put_text(map, "b", pair_of(2, 3));
	dcbor_put_text(map, "a", dcbor_int(1));
	assert_encodes(map, "a26161016162820203");
	map = dcbor_map();
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		upper[0] = (char)(letters[i][0] - 'a' + 'A');
		dcbor_put_text(map, letters[i], dcbor_text(upper));
	}
	assert_encodes(map, "a56161614161626142616361436164614461656145");
}

/* The example of section 4.2.1, put in in the opposite order. */
static void order_of_keys(void **state)
{
	cbor_item_t *map = dcbor_map(), *hundred = dcbor_array(), *minus_one = dcbor_array();

	(void)state;
	dcbor_add(hundred, dcbor_int(100));
	dcbor_add(minus_one, dcbor_int(-1));
	dcbor_put(map, dcbor_bool(false), dcbor_int(7));
	dcbor_put(map, minus_one, dcbor_int(6));
	dcbor_put(map, hundred, dcbor_int(5));
	dcbor_put_text(map, "aa", dcbor_int(4));
	dcbor_put_text(map, "z", dcbor_int(3));
	dcbor_put_int(map, -1, dcbor_int(2));
	dcbor_put_int(map, 100, dcbor_int(1));
	dcbor_put_int(map, 10, dcbor_int(0));
	assert_encodes(map, "a80a001864012002617a036261610481186405812006f407");
}

static void assert_not_encoded(cbor_item_t *item, const char *words)
{
	struct buffer out = {0};
	struct tool_error error;

	assert_false(dcbor_encode(item, &out, &error));
	assert_non_null(strstr(error.text, words));
	buffer_free(&out);
	dcbor_free(item);
}

static void what_cannot_be_written(void **state)
{
	cbor_item_t *map = dcbor_map(), *deep = dcbor_null();

	(void)state;
	dcbor_put_int(map, 1, dcbor_int(1));
	dcbor_put_int(map, 1, dcbor_int(2));
	assert_not_encoded(map, "same key twice");
	assert_not_encoded(cbor_build_float8(1.5), "simple value");
	assert_not_encoded(cbor_new_undef(), "simple value");
	assert_not_encoded(cbor_new_indefinite_bytestring(), "chunks");
	assert_not_encoded(cbor_new_indefinite_string(), "chunks");
	assert_not_encoded(dcbor_text("\xff"), "UTF-8");
	for (unsigned int i = 1; i < DCBOR_DEPTH_MAX; i++)
		deep = dcbor_tag(24, deep);
	assert_not_encoded(dcbor_tag(24, deep), "nest");
}

static size_t from_hex(const char *text, uint8_t bytes[64])
{
	assert_true(strlen(text) / 2 <= 64);
	assert_true(hex_decode(text, bytes, strlen(text) / 2));
	return strlen(text) / 2;
}

static const struct {
	const char *bytes;
	uint64_t offset;
	const char *words;
} refused[] = {
	{"", 0, "ends where an item"},
	{"1817", 0, "shortest"},
	{"190018", 0, "shortest"},
	{"1900ff", 0, "shortest"},
	{"1a0000ffff", 0, "shortest"},
	{"1b00000000ffffffff", 0, "shortest"},
	{"820118", 3, "inside the head"},
	{"3817", 0, "shortest"},
	{"580100", 0, "shortest"},
	{"d80100", 0, "shortest"},
	{"1c", 0, "no meaning"},
	{"1f", 0, "no meaning"},
	{"9f01ff", 0, "indefinite"},
	{"bf0101ff", 0, "indefinite"},
	{"5f4101ff", 0, "indefinite"},
	{"7f6161ff", 0, "indefinite"},
	{"ff", 0, "simple"},
	{"e0", 0, "simple"},
	{"f7", 0, "simple"},
	{"f820", 0, "simple"},
	{"f93e00", 0, "simple"},
	{"fb3ff8000000000000", 0, "simple"},
	{"4401", 1, "4 bytes, but 1"},
	{"9bffffffffffffffff", 9, "entries"},
	{"bb7fffffffffffffff", 9, "entries"},
	{"5bffffffffffffffff", 9, "bytes"},
	{"a202010102", 3, "out of order"},
	{"a2616101200a", 4, "out of order"},
	{"a201010102", 3, "twice"},
	{"a101", 1, "entries"},
	{"0000", 1, "1 bytes behind"},
	{"61ff", 1, "UTF-8"},
	{"6180", 1, "UTF-8"},
	{"62c080", 1, "UTF-8"},
	{"62c320", 1, "UTF-8"},
	{"61c3", 1, "UTF-8"},
	{"63eda080", 1, "UTF-8"},
	{"63e08080", 1, "UTF-8"},
	{"64f0808080", 1, "UTF-8"},
	{"64f4908080", 1, "UTF-8"},
	{"64f8888080", 1, "UTF-8"},
};

static void what_is_not_read(void **state)
{
	uint8_t bytes[64];
	struct tool_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		size_t size = from_hex(refused[i].bytes, bytes);

		if (dcbor_decode(bytes, size, &error))
			fail_msg("%s was accepted", refused[i].bytes);
		if (!strstr(error.text, refused[i].words) || error.offset != refused[i].offset)
			fail_msg("%s: offset %d: %s", refused[i].bytes, (int)error.offset,
				error.text);
		assert_true(error.has_offset);
	}
}

static void depth_is_bounded(void **state)
{
	uint8_t bytes[DCBOR_DEPTH_MAX + 1];
	struct tool_error error;
	cbor_item_t *item;

	(void)state;
	memset(bytes, 0x81, sizeof(bytes));
	bytes[DCBOR_DEPTH_MAX - 1] = 0;
	item = dcbor_decode(bytes, DCBOR_DEPTH_MAX, &error);
	assert_non_null(item);
	dcbor_free(item);
	memset(bytes, 0x81, sizeof(bytes));
	bytes[DCBOR_DEPTH_MAX] = 0;
	assert_null(dcbor_decode(bytes, sizeof(bytes), &error));
	assert_non_null(strstr(error.text, "nests"));
}

static const char document[] = "a6015818000102030405060708090a0b0c0d0e0f101112131415161702"
			       "830a20f60363c3bc7804a120c11a514b67b0616182f4f5626262a0";

/* Each of the numbers above is read back, and a negative one beyond int64_t. */
static void reading_numbers(void **state)
{
	uint8_t bytes[64];
	struct tool_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unsigned_numbers); i++) {
		size_t size = from_hex(unsigned_numbers[i].encoding, bytes);
		cbor_item_t *item = dcbor_decode(bytes, size, &error);

		assert_non_null(item);
		assert_true(cbor_isa_uint(item) && cbor_get_int(item) == unsigned_numbers[i].value);
		dcbor_free(item);
	}
	assert_encodes(dcbor_decode(bytes, from_hex("3bffffffffffffffff", bytes), &error),
		"3bffffffffffffffff");
}

/* What was read is written again as the same bytes, and no part of it is a whole. */
static void reading(void **state)
{
	uint8_t bytes[64];
	size_t size = from_hex(document, bytes);
	struct tool_error error;
	cbor_item_t *item = dcbor_decode(bytes, size, &error);
	struct blob string;

	(void)state;
	assert_non_null(item);
	assert_true(dcbor_get_bytes(dcbor_get_int(item, 1), &string));
	assert_int_equal(string.size, 24);
	assert_true(dcbor_is_int(dcbor_at(dcbor_get_int(item, 2), 1), -1));
	assert_false(dcbor_is_int(dcbor_at(dcbor_get_int(item, 2), 1), 0));
	assert_null(dcbor_at(dcbor_get_int(item, 2), 3));
	assert_true(dcbor_is_text(dcbor_get_int(item, 3), "\u00fcx"));
	assert_false(dcbor_is_text(dcbor_get_int(item, 3), "\u00fc"));
	assert_non_null(dcbor_get_text(item, "bb"));
	assert_null(dcbor_get_text(item, "b"));
	assert_null(dcbor_get_int(dcbor_get_int(item, 9), 1));
	assert_false(dcbor_get_bytes(dcbor_get_int(item, 3), &string));
	assert_encodes(item, document);
	for (size_t cut = 0; cut < size; cut++)
		assert_null(dcbor_decode(bytes, cut, &error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(simple_values_and_strings),
		cmocka_unit_test(arrays),
		cmocka_unit_test(maps),
		cmocka_unit_test(order_of_keys),
		cmocka_unit_test(what_cannot_be_written),
		cmocka_unit_test(what_is_not_read),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(reading_numbers),
		cmocka_unit_test(reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
