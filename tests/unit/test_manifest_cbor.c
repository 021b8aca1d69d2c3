/* SPDX-License-Identifier: MIT */
/*
 * The CBOR encoder (lib/cbor.c) against examples of RFC 8949, appendix A; that
 * each head is the shortest, and that what does not fit is never begun.
 */
#include "tests/unit/unit_test.h"

#include "lib/cbor.h"

static uint8_t memory[256];
static struct cbor cbor;

static int setup(void **state)
{
	(void)state;
	memset(memory, 0xa5, sizeof(memory));
	cbor_start(&cbor, memory, sizeof(memory));
	return 0;
}

static void assert_encoded(const char *hex)
{
	char text[2 * sizeof(memory) + 1] = "";

	assert_false(cbor.full);
	for (const uint8_t *p = memory; p < cbor.at; p++)
		snprintf(&text[2 * (p - memory)], 3, "%02x", *p);
	assert_string_equal(text, hex);
}

static void integers_take_the_shortest_form(void **state)
{
	static const struct {
		uint64_t value;
		const char *hex;
	} cases[] = {{0, "00"}, {1, "01"}, {10, "0a"}, {23, "17"}, {24, "1818"}, {25, "1819"},
		{100, "1864"}, {255, "18ff"}, {256, "190100"}, {1000, "1903e8"}, {65535, "19ffff"},
		{65536, "1a00010000"}, {1000000, "1a000f4240"}, {4294967295, "1affffffff"},
		{4294967296, "1b0000000100000000"}, {1000000000000, "1b000000e8d4a51000"},
		{UINT64_MAX, "1bffffffffffffffff"}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		cbor_unsigned(&cbor, cases[i].value);
		assert_encoded(cases[i].hex);
	}
}

static void strings(void **state)
{
	static const uint8_t bytes[24] = {1, 2, 3, 4};

	cbor_bytes(&cbor, bytes, 0);
	cbor_bytes(&cbor, bytes, 4);
	cbor_text(&cbor, "");
	cbor_text(&cbor, "IETF");
	assert_encoded("4044010203046064"
		       "49455446");
	setup(state);
	cbor_bytes(&cbor, bytes, 24);
	assert_encoded("5818010203040000000000000000000000000000000000000000");
}

static void structures(void **state)
{
	(void)state;
	cbor_map(&cbor, 2); /* {"a": 1, "b": [2, 3]} */
	cbor_text(&cbor, "a");
	cbor_unsigned(&cbor, 1);
	cbor_text(&cbor, "b");
	cbor_array(&cbor, 2);
	cbor_unsigned(&cbor, 2);
	cbor_unsigned(&cbor, 3);
	assert_encoded("a26161016162820203");
}

static void truth(void **state)
{
	(void)state;
	cbor_array(&cbor, 0);
	cbor_bool(&cbor, false);
	cbor_bool(&cbor, true);
	assert_encoded("80f4f5");
}

/* Nothing behind the end is touched, and a later item that fits is not written. */
static void what_does_not_fit_is_refused(void **state)
{
	(void)state;
	cbor_start(&cbor, memory, 4);
	cbor_text(&cbor, "abcd");
	assert_true(cbor.full);
	assert_int_equal(cbor.at - memory, 1);
	assert_int_equal(memory[1], 0xa5);
	cbor_unsigned(&cbor, 1);
	assert_int_equal(cbor.at - memory, 1);
	cbor_start(&cbor, memory, 5);
	cbor_text(&cbor, "abcd");
	assert_encoded("6461626364");
	assert_int_equal(memory[5], 0xa5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(integers_take_the_shortest_form, setup),
		cmocka_unit_test_setup(strings, setup),
		cmocka_unit_test_setup(structures, setup),
		cmocka_unit_test_setup(truth, setup),
		cmocka_unit_test_setup(what_does_not_fit_is_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
