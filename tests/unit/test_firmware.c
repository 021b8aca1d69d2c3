/* SPDX-License-Identifier: MIT */
/*
 * What a firmware starts with: the reset state and the memory map.
 */
#include "unit_test.h"

#include "kernel/firmware.h"
#include "x86.h"

static struct igvm_memory_map_entry entries[4];

static void the_vcpu_is_in_reset_state(void **state)
{
	struct vmsa vmsa;

	(void)state;
	memset(&vmsa, 0xaa, sizeof(vmsa));
	firmware_fill_vmsa(&vmsa, 2, SEV_FEATURE_SNP);
	assert_int_equal(vmsa.cs.base + vmsa.rip, 0xfffffff0);
	assert_int_equal(vmsa.cs.selector, 0xf000);
	assert_int_equal(vmsa.cr0, 0x60000010);
	assert_int_equal(vmsa.cr3, 0);
	assert_int_equal(vmsa.cr4, 0);
	assert_int_equal(vmsa.efer, EFER_SVME);
	assert_int_equal(vmsa.rflags, 2);
	assert_int_equal(vmsa.vmpl, 2);
	assert_int_equal(vmsa.cpl, 0);
	assert_int_equal(vmsa.sev_features, SEV_FEATURE_SNP);
	assert_int_equal(vmsa.dr6, 0xffff0ff0);
	assert_int_equal(vmsa.dr7, 0x400);
	assert_int_equal(vmsa.idtr.limit, 0xffff);
	assert_int_equal(vmsa.xcr0, 1);
	assert_int_equal(vmsa.ss.attributes, 0x93);
}

static void expect(unsigned int i, uint64_t base, uint64_t end)
{
	assert_int_equal(entries[i].starting_gpa_page_number, base >> PAGE_SHIFT);
	assert_int_equal(entries[i].number_of_pages, (end - base) >> PAGE_SHIFT);
	assert_int_equal(entries[i].entry_type, IGVM_MEMORY_RAM);
}

static void the_map_is_ram_without_the_carve_out(void **state)
{
	struct memory_map map = {.ranges = {{0, 2 * GIB, 0}, {4 * GIB, 8 * GIB, 0}}, .count = 2};

	(void)state;
	memset(entries, 0xff, sizeof(entries));
	assert_true(firmware_fill_memory_map(entries, 3, &map));
	expect(0, 0, 2 * GIB);
	expect(1, 4 * GIB, 8 * GIB);
	assert_int_equal(entries[2].number_of_pages, 0);

	map.carve_out = (struct page_span){0xfc200000, MIB};
	assert_true(firmware_fill_memory_map(entries, 3, &map));
	expect(1, 4 * GIB, 8 * GIB);

	map.carve_out = (struct page_span){8 * GIB - MIB, MIB};
	assert_true(firmware_fill_memory_map(entries, 3, &map));
	expect(1, 4 * GIB, 8 * GIB - MIB);

	map.carve_out = (struct page_span){5 * GIB, MIB};
	assert_true(firmware_fill_memory_map(entries, 4, &map));
	expect(1, 4 * GIB, 5 * GIB);
	expect(2, 5 * GIB + MIB, 8 * GIB);
	assert_int_equal(entries[3].number_of_pages, 0);
}

/* The entry that ends the map needs room as well. */
static void a_map_without_room_is_refused(void **state)
{
	struct memory_map map = {.ranges = {{0, 2 * GIB, 0}, {4 * GIB, 8 * GIB, 0}}, .count = 2};

	(void)state;
	assert_false(firmware_fill_memory_map(entries, 1, &map));
	assert_false(firmware_fill_memory_map(entries, 2, &map));
	map.carve_out = (struct page_span){5 * GIB, MIB};
	assert_false(firmware_fill_memory_map(entries, 1, &map));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vcpu_is_in_reset_state),
		cmocka_unit_test(the_map_is_ram_without_the_carve_out),
		cmocka_unit_test(a_map_without_room_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
