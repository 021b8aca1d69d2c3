/* SPDX-License-Identifier: MIT */
/*
 * The host's MADT: both kinds of CPU entries, and every way to be malformed.
 * The table lies at the end of an allocation, so that a read past it is seen.
 */
#include "unit_test.h"

#include "kernel/madt.h"

#define HEADER 44U
#define MAX 4U

static uint8_t table[256];
static uint32_t length;
static uint32_t ids[MAX];
static unsigned int count;

static void put_bytes(const uint8_t *bytes, unsigned int size)
{
	memcpy(table + length, bytes, size);
	length += size;
	memcpy(table + 4, &length, sizeof(length));
}

static void put_apic(uint8_t id, uint8_t flags)
{
	put_bytes((const uint8_t[]){0, 8, 0, id, flags, 0, 0, 0}, 8);
}

static void put_x2apic(uint32_t id, uint8_t flags)
{
	put_bytes((const uint8_t[]){9, 16, 0, 0, (uint8_t)id, (uint8_t)(id >> 8), 0, 0, flags, 0, 0,
			  0, 0, 0, 0, 0},
		16);
}

static int setup(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	memcpy(table, "APIC", 4);
	length = HEADER;
	memcpy(table + 4, &length, sizeof(length));
	return 0;
}

static enum madt_error decode_size(size_t size)
{
	uint8_t *copy = malloc(size);
	enum madt_error error;

	assert_non_null(copy);
	memcpy(copy, table, size);
	error = madt_decode(copy, size, ids, MAX, &count);
	free(copy);
	return error;
}

static enum madt_error decode(void)
{
	return decode_size(length);
}

static void cpus_are_found_in_order(void **state)
{
	(void)state;
	put_apic(3, 1);
	put_bytes((const uint8_t[]){1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 12);
	put_x2apic(0x1234, 1);
	put_apic(7, 0);
	assert_int_equal(decode(), MADT_OK);
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], 3);
	assert_int_equal(ids[1], 0x1234);
}

static void an_absent_table_has_no_cpus(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	assert_int_equal(decode_size(sizeof(table)), MADT_OK);
	assert_int_equal(count, 0);
}

static void duplicates_are_refused(void **state)
{
	(void)state;
	put_apic(3, 1);
	put_x2apic(3, 1);
	assert_int_equal(decode(), MADT_DUPLICATE);
}

static void too_many_are_refused(void **state)
{
	(void)state;
	for (uint8_t i = 0; i < MAX; i++)
		put_apic(i, 1);
	assert_int_equal(decode(), MADT_OK);
	assert_int_equal(count, MAX);
	put_apic(MAX, 1);
	assert_int_equal(decode(), MADT_TOO_MANY);
}

static void bad_headers_are_refused(void **state)
{
	(void)state;
	table[0] = 'X';
	assert_int_equal(decode(), MADT_MALFORMED);
	setup(NULL);
	table[4] = HEADER - 1;
	assert_int_equal(decode(), MADT_MALFORMED);
	setup(NULL);
	table[4] = HEADER + 1;
	assert_int_equal(decode(), MADT_MALFORMED);
	setup(NULL);
	memset(table + 4, 0xff, 4);
	assert_int_equal(decode(), MADT_MALFORMED);
}

static void bad_entries_are_refused(void **state)
{
	static const uint8_t entries[][2] = {
		{0, 0}, {0, 1}, {0, 2}, {0, 7}, {9, 8}, {9, 15}, {5, 0}, {5, 3}, {5, 255}};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(entries); i++) {
		setup(NULL);
		put_bytes(entries[i], 2);
		assert_int_equal(decode(), MADT_MALFORMED);
	}
	setup(NULL);
	put_bytes((const uint8_t[]){5}, 1);
	assert_int_equal(decode(), MADT_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(cpus_are_found_in_order, setup),
		cmocka_unit_test_setup(an_absent_table_has_no_cpus, setup),
		cmocka_unit_test_setup(duplicates_are_refused, setup),
		cmocka_unit_test_setup(too_many_are_refused, setup),
		cmocka_unit_test_setup(bad_headers_are_refused, setup),
		cmocka_unit_test_setup(bad_entries_are_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
