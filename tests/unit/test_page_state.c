/* SPDX-License-Identifier: MIT */
/*
 * The page-state map: which addresses are guest RAM, and that locks of pages
 * and of 2 MiB blocks exclude each other and give back what they took.
 */
#include "unit_test.h"

#include "fake_platform.h"

static int setup(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static bool is_ram(uint64_t address, uint64_t bytes)
{
	struct gpa checked;
	uint8_t *entry;

	return guest_range_check(address, bytes, &checked, &entry);
}

static uint8_t *entry_of(uint64_t address)
{
	struct gpa checked;
	uint8_t *entry = NULL;

	assert_true(guest_range_check(address, 1, &checked, &entry));
	assert_int_equal(checked.value, address);
	return entry;
}

static void ranges_end_where_ram_ends(void **state)
{
	(void)state;
	assert_true(is_ram(FAKE_RAM_BASE, PAGE_SIZE));
	assert_true(is_ram(FAKE_RAM_END - PAGE_SIZE, PAGE_SIZE));
	assert_true(is_ram(FAKE_RAM_BASE, FAKE_RAM_END - FAKE_RAM_BASE));
	assert_true(is_ram(FAKE_RAM2_BASE, PAGE_SIZE));
	assert_false(is_ram(FAKE_RAM_BASE - 1, 1));
	assert_false(is_ram(FAKE_RAM_END - PAGE_SIZE, PAGE_SIZE + 1));
	assert_false(is_ram(FAKE_RAM_END, 1));
	assert_false(is_ram(FAKE_RAM2_BASE - PAGE_SIZE, PAGE_SIZE));
	assert_false(is_ram(FAKE_RAM2_END, PAGE_SIZE));
}

static void lengths_that_wrap_are_refused(void **state)
{
	(void)state;
	assert_false(is_ram(FAKE_RAM_BASE, UINT64_MAX));
	assert_false(is_ram(FAKE_RAM_BASE + PAGE_SIZE, UINT64_MAX - FAKE_RAM_BASE));
	assert_false(is_ram(UINT64_MAX, 1));
	assert_false(is_ram(UINT64_MAX - 7, 8));
}

static void each_page_has_a_byte_of_its_own(void **state)
{
	(void)state;
	assert_ptr_equal(entry_of(FAKE_RAM_BASE) + 1, entry_of(FAKE_RAM_BASE + PAGE_SIZE));
	assert_ptr_equal(entry_of(FAKE_RAM_BASE), entry_of(FAKE_RAM_BASE + 0xfff));
	assert_true((uint64_t)entry_of(FAKE_RAM2_BASE) % PAGES_PER_2M == 3);
	assert_ptr_not_equal(entry_of(FAKE_RAM_END - 1), entry_of(FAKE_RAM2_BASE));
}

static void a_locked_page_is_busy(void **state)
{
	uint8_t *entry = entry_of(FAKE_RAM_BASE), was;

	(void)state;
	assert_int_equal(page_lock(entry, &was), PAGE_LOCKED);
	assert_int_equal(was, PAGE_STATE_INVALID);
	assert_int_equal(page_lock(entry, &was), PAGE_LOCK_BUSY);
	assert_int_equal(page_lock_wait(entry, &was), PAGE_LOCK_BUSY);
	page_unlock(entry, PAGE_STATE_GUEST);
	assert_int_equal(page_lock(entry, &was), PAGE_LOCKED);
	assert_int_equal(was, PAGE_STATE_GUEST);
	page_unlock_unchanged(entry);
	assert_int_equal(*entry, PAGE_STATE_GUEST);
}

static void a_block_is_locked_as_a_whole(void **state)
{
	uint8_t *entry = entry_of(0x600000), was;

	(void)state;
	assert_int_equal(page_lock_2m(entry, &was), PAGE_LOCKED);
	assert_int_equal(was, PAGE_STATE_INVALID);
	for (unsigned int i = 0; i < PAGES_PER_2M; i++)
		assert_int_equal(page_lock(entry + i, &was), PAGE_LOCK_BUSY);
	assert_int_equal(page_lock(entry + PAGES_PER_2M, &was), PAGE_LOCKED);
	page_unlock_2m(entry, PAGE_STATE_GUEST);
	assert_int_equal(page_lock(entry + 511, &was), PAGE_LOCKED);
	assert_int_equal(was, PAGE_STATE_GUEST);
}

static void a_block_with_a_busy_page_is_given_back(void **state)
{
	uint8_t *entry = entry_of(0x600000), was;

	(void)state;
	assert_int_equal(page_lock(entry + 300, &was), PAGE_LOCKED);
	assert_int_equal(page_lock_2m(entry, &was), PAGE_LOCK_BUSY);
	for (unsigned int i = 0; i < PAGES_PER_2M; i++)
		assert_int_equal(entry[i], PAGE_STATE_INVALID | (i == 300 ? PAGE_STATE_BUSY : 0));
	page_unlock_unchanged(entry + 300);
	assert_int_equal(page_lock(entry, &was), PAGE_LOCKED);
	assert_int_equal(page_lock_2m(entry, &was), PAGE_LOCK_BUSY);
}

static void a_block_of_different_pages_is_told(void **state)
{
	uint8_t *entry = entry_of(0x600000), was;

	(void)state;
	entry[511] = PAGE_STATE_GUEST;
	assert_int_equal(page_lock_2m(entry, &was), PAGE_LOCK_MIXED);
	assert_true(page_block_is_plain(entry));
	assert_int_equal(entry[0], PAGE_STATE_INVALID);
	entry[511] = PAGE_STATE_VCPU;
	assert_false(page_block_is_plain(entry));
	entry[511] = PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA;
	assert_false(page_block_is_plain(entry));
	entry[511] = PAGE_STATE_OWN;
	assert_false(page_block_is_plain(entry));
}

static void the_mask_of_an_index_is_all_or_nothing(void **state)
{
	(void)state;
	assert_int_equal(index_mask(0, 1), UINT64_MAX);
	assert_int_equal(index_mask(0, 0), 0);
	assert_int_equal(index_mask(1, 1), 0);
	assert_int_equal(index_mask(UINT64_MAX - 1, UINT64_MAX), UINT64_MAX);
	assert_int_equal(index_mask(UINT64_MAX, 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mask_of_an_index_is_all_or_nothing),
		cmocka_unit_test_setup(ranges_end_where_ram_ends, setup),
		cmocka_unit_test_setup(lengths_that_wrap_are_refused, setup),
		cmocka_unit_test_setup(each_page_has_a_byte_of_its_own, setup),
		cmocka_unit_test_setup(a_locked_page_is_busy, setup),
		cmocka_unit_test_setup(a_block_is_locked_as_a_whole, setup),
		cmocka_unit_test_setup(a_block_with_a_busy_page_is_given_back, setup),
		cmocka_unit_test_setup(a_block_of_different_pages_is_told, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
