/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_PVALIDATE: every result code, what it does to pages, their
 * permissions and contents, and what stays untouched when it refuses.
 */
#include <string.h>

#include "unit_test.h"

#include "fake_platform.h"
#include "platform.h"
#include "protocols/core.h"

#define LIST 0x800000UL   /* a page of the guest's */
#define TARGET 0x900000UL /* not validated */
#define BLOCK 0xa00000UL  /* 2 MiB, not validated */

#define VALIDATE SVSM_PVALIDATE_ACTION_VALIDATE
#define IGNORE SVSM_PVALIDATE_IGNORE_CF
#define LARGE SVSM_PVALIDATE_SIZE_2M

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_give(LIST, PAGE_SIZE, 0);
	return 0;
}

static struct svsm_pvalidate_list *list_at(uint64_t address)
{
	return (struct svsm_pvalidate_list *)fake_memory(address);
}

static void put(unsigned int index, uint64_t entry)
{
	struct svsm_pvalidate_list *list = list_at(LIST);

	list->entries[index] = entry;
	if (index >= list->num_entries)
		list->num_entries = (uint16_t)(index + 1);
}

static uint32_t call_at(uint64_t address)
{
	const struct svsm_call call = {.rcx = address};

	return core_pvalidate(&call);
}

static uint32_t call(void)
{
	return call_at(LIST);
}

/* One entry in a fresh list. */
static uint32_t call_one(uint64_t entry)
{
	memset(fake_memory(LIST), 0, PAGE_SIZE);
	put(0, entry);
	return call();
}

static unsigned int next(void)
{
	return list_at(LIST)->next;
}

static void make_large(uint64_t block)
{
	for (uint64_t page = block; page < block + PAGE_2M_SIZE; page += PAGE_SIZE)
		fake_page(page)->large = true;
}

static bool is_filled(uint64_t address, uint64_t bytes, uint8_t value)
{
	for (uint64_t i = 0; i < bytes; i++)
		if (*fake_memory(address + i) != value)
			return false;
	return true;
}

static void assert_guest_page(uint64_t page)
{
	assert_true(fake_page(page)->validated);
	assert_int_equal(fake_page(page)->perms[FAKE_GUEST_VMPL], RMP_PERM_RWX);
	assert_int_equal(fake_page(page)->perms[1], 0);
	assert_int_equal(fake_page(page)->perms[3], 0);
	assert_int_equal(fake_state(page), PAGE_STATE_GUEST);
}

static void assert_invalid_page(uint64_t page)
{
	assert_false(fake_page(page)->validated);
	for (unsigned int vmpl = 1; vmpl < VMPL_COUNT; vmpl++)
		assert_int_equal(fake_page(page)->perms[vmpl], 0);
	assert_int_equal(fake_state(page), PAGE_STATE_INVALID);
}

static void validating_clears_and_grants(void **state)
{
	(void)state;
	assert_int_equal(call_one(TARGET | VALIDATE), SVSM_SUCCESS);
	assert_guest_page(TARGET);
	assert_true(is_filled(TARGET, PAGE_SIZE, 0));
	assert_int_equal(next(), 1);
	assert_int_equal(fake_flushes, 0);
}

static void rescinding_takes_all_rights_and_flushes(void **state)
{
	(void)state;
	fake_give(TARGET, PAGE_SIZE, 7);
	fake_page(TARGET)->perms[3] = RMP_PERM_READ;
	assert_int_equal(call_one(TARGET), SVSM_SUCCESS);
	assert_invalid_page(TARGET);
	assert_int_equal(fake_flushes, 1);
	assert_int_equal(fake_unflushed, 0);
}

static void one_flush_serves_a_whole_list(void **state)
{
	(void)state;
	fake_give(TARGET, 64 * PAGE_SIZE, 7);
	for (unsigned int i = 0; i < 64; i++)
		put(i, TARGET + i * PAGE_SIZE);
	assert_int_equal(call(), SVSM_SUCCESS);
	for (unsigned int i = 0; i < 64; i++)
		assert_invalid_page(TARGET + i * PAGE_SIZE);
	assert_int_equal(fake_flushes, 1);
}

static void a_page_may_be_rescinded_and_validated_in_one_list(void **state)
{
	(void)state;
	fake_give(TARGET, PAGE_SIZE, 7);
	put(0, TARGET);
	put(1, TARGET | VALIDATE);
	put(2, TARGET);
	assert_int_equal(call(), SVSM_SUCCESS);
	assert_invalid_page(TARGET);
	assert_int_equal(fake_flushes, 2);
}

static void validating_twice_changes_nothing(void **state)
{
	(void)state;
	fake_give(TARGET, PAGE_SIZE, 7);
	assert_int_equal(call_one(TARGET | VALIDATE), SVSM_ERR_PVALIDATE_NO_CHANGE);
	assert_int_equal(next(), 0);
	assert_true(is_filled(TARGET, PAGE_SIZE, 7));
	assert_int_equal(call_one(TARGET | VALIDATE | IGNORE), SVSM_SUCCESS);
	assert_true(is_filled(TARGET, PAGE_SIZE, 7));
	assert_guest_page(TARGET);
}

static void rescinding_twice_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(call_one(TARGET), SVSM_ERR_PVALIDATE_NO_CHANGE);
	assert_int_equal(call_one(TARGET | IGNORE), SVSM_SUCCESS);
	assert_invalid_page(TARGET);
	assert_int_equal(fake_flushes, 0);
}

/* The host has put another frame under a valid page: it must not be validated again. */
static void a_page_that_the_host_replaced_is_not_validated_again(void **state)
{
	(void)state;
	fake_give(TARGET, PAGE_SIZE, 7);
	fake_page(TARGET)->validated = false;
	assert_int_equal(call_one(TARGET | VALIDATE), SVSM_ERR_PVALIDATE_NO_CHANGE);
	assert_int_equal(call_one(TARGET | VALIDATE | IGNORE), SVSM_SUCCESS);
	assert_false(fake_page(TARGET)->validated);
}

/* Valid in the RMP, though nobody here has done it. */
static void an_unexpected_valid_page_is_cleared_or_refused(void **state)
{
	(void)state;
	fake_page(TARGET)->validated = true;
	memset(fake_memory(TARGET), 7, PAGE_SIZE);
	assert_int_equal(call_one(TARGET | VALIDATE), SVSM_ERR_PVALIDATE_NO_CHANGE);
	assert_int_equal(fake_state(TARGET), PAGE_STATE_INVALID);
	assert_int_equal(fake_page(TARGET)->perms[FAKE_GUEST_VMPL], 0);
	assert_int_equal(call_one(TARGET | VALIDATE | IGNORE), SVSM_SUCCESS);
	assert_true(is_filled(TARGET, PAGE_SIZE, 0));
	assert_guest_page(TARGET);
}

static void large_pages_work_as_a_whole(void **state)
{
	(void)state;
	make_large(BLOCK);
	assert_int_equal(call_one(BLOCK | VALIDATE | LARGE), SVSM_SUCCESS);
	assert_guest_page(BLOCK);
	assert_guest_page(BLOCK + PAGE_2M_SIZE - PAGE_SIZE);
	assert_true(is_filled(BLOCK, PAGE_2M_SIZE, 0));
	assert_int_equal(call_one(BLOCK | LARGE), SVSM_SUCCESS);
	assert_invalid_page(BLOCK);
	assert_invalid_page(BLOCK + PAGE_2M_SIZE - PAGE_SIZE);
}

static void a_large_page_in_small_entries_is_a_size_mismatch(void **state)
{
	(void)state;
	assert_int_equal(call_one(BLOCK | VALIDATE | LARGE), 0x80001006);
	assert_invalid_page(BLOCK);
	fake_give(BLOCK, PAGE_2M_SIZE, 7);
	assert_int_equal(call_one(BLOCK | LARGE), 0x80001006);
	assert_guest_page(BLOCK);
	assert_true(is_filled(BLOCK, PAGE_2M_SIZE, 7));
}

static void a_large_page_of_mixed_states_is_a_size_mismatch(void **state)
{
	(void)state;
	make_large(BLOCK);
	fake_give(BLOCK + PAGE_SIZE, PAGE_SIZE, 7);
	assert_int_equal(call_one(BLOCK | VALIDATE | LARGE), 0x80001006);
	assert_int_equal(call_one(BLOCK | LARGE), 0x80001006);
	assert_true(is_filled(BLOCK + PAGE_SIZE, PAGE_SIZE, 7));
}

static void a_large_page_must_be_all_the_guests(void **state)
{
	(void)state;
	make_large(BLOCK);
	page_state_fill(BLOCK + 0x1ff000, PAGE_SIZE, PAGE_STATE_VCPU);
	assert_int_equal(call_one(BLOCK | VALIDATE | LARGE), SVSM_ERR_INVALID_ADDRESS);
	page_state_fill(BLOCK + 0x1ff000, PAGE_SIZE, PAGE_STATE_OWN);
	assert_int_equal(call_one(BLOCK | LARGE), SVSM_ERR_INVALID_ADDRESS);
	page_state_fill(BLOCK, PAGE_2M_SIZE, PAGE_STATE_OWN);
	assert_int_equal(call_one(BLOCK | LARGE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_state(BLOCK), PAGE_STATE_OWN);
}

static void a_small_page_splits_a_large_one(void **state)
{
	(void)state;
	make_large(BLOCK);
	assert_int_equal(call_one(BLOCK | VALIDATE | LARGE), SVSM_SUCCESS);
	assert_int_equal(call_one(BLOCK + PAGE_SIZE), SVSM_SUCCESS);
	assert_invalid_page(BLOCK + PAGE_SIZE);
	assert_guest_page(BLOCK);
}

static void the_paravisors_pages_cannot_be_named(void **state)
{
	static const uint64_t entries[] = {
		FAKE_OWN_BASE,
		FAKE_OWN_BASE | VALIDATE,
		FAKE_OWN_BASE | VALIDATE | IGNORE,
		FAKE_OWN_BASE | VALIDATE | LARGE,
		FAKE_OWN_BASE + 0x1ff000,
		0,
		FAKE_RAM_END,
		FAKE_RAM_END | LARGE,
		FAKE_RAM2_BASE - PAGE_SIZE,
		FAKE_RAM2_END,
		0xffffffffff000 | VALIDATE,
		0x7fffffffffffe000,
		0xfffffffffffff000 | VALIDATE,
		0x3000000 | LARGE,
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(entries); i++)
		assert_int_equal(call_one(entries[i]), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_state(FAKE_OWN_BASE), PAGE_STATE_OWN);
	assert_int_equal(fake_flushes, 0);
}

static void save_and_calling_areas_cannot_be_changed(void **state)
{
	(void)state;
	page_state_fill(TARGET, PAGE_SIZE, PAGE_STATE_VCPU);
	assert_int_equal(call_one(TARGET), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_state(TARGET), PAGE_STATE_VCPU);
	page_state_fill(TARGET, PAGE_SIZE, PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	assert_int_equal(call_one(TARGET), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_state(TARGET), PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
}

static void malformed_entries_are_refused(void **state)
{
	(void)state;
	for (unsigned int bit = 4; bit < 12; bit++)
		assert_int_equal(
			call_one(TARGET | VALIDATE | BIT(bit)), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(call_one(TARGET | VALIDATE | 2), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(call_one(TARGET | VALIDATE | 3), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(
		call_one((BLOCK + PAGE_SIZE) | VALIDATE | LARGE), SVSM_ERR_INVALID_PARAMETER);
	assert_invalid_page(TARGET);
}

static void malformed_lists_are_refused(void **state)
{
	struct svsm_pvalidate_list *list = list_at(LIST);

	(void)state;
	put(0, TARGET | VALIDATE);
	for (unsigned int i = 1; i < 8; i++)
		assert_int_equal(call_at(LIST + i), SVSM_ERR_INVALID_PARAMETER);
	list->num_entries = 0;
	assert_int_equal(call(), SVSM_ERR_INVALID_PARAMETER);
	list->num_entries = 512;
	assert_int_equal(call(), SVSM_ERR_INVALID_PARAMETER);
	list->num_entries = 1;
	list->next = 1;
	assert_int_equal(call(), SVSM_ERR_INVALID_PARAMETER);
	list->next = 2;
	assert_int_equal(call(), SVSM_ERR_INVALID_PARAMETER);
	list_at(LIST + 0xff8)->num_entries = 1;
	assert_int_equal(call_at(LIST + 0xff8), SVSM_ERR_INVALID_PARAMETER);
	assert_invalid_page(TARGET);
}

static void the_list_must_be_the_guests_own(void **state)
{
	(void)state;
	assert_int_equal(call_at(FAKE_OWN_BASE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call_at(TARGET), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call_at(0), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call_at(0xfffffffffffffff8), SVSM_ERR_INVALID_ADDRESS);
	page_state_fill(LIST, PAGE_SIZE, PAGE_STATE_VCPU);
	assert_int_equal(call(), SVSM_ERR_INVALID_ADDRESS);
	fake_give(LIST, PAGE_SIZE, 0);
	fake_page(LIST)->taken = true;
	assert_int_equal(call(), SVSM_ERR_INVALID_ADDRESS);
}

static void a_full_list_in_a_calling_area_works(void **state)
{
	struct svsm_pvalidate_list *list = list_at(LIST + 8);

	(void)state;
	page_state_fill(LIST, PAGE_SIZE, PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	list->num_entries = 510;
	for (unsigned int i = 0; i < 510; i++)
		list->entries[i] = (BLOCK + i * PAGE_SIZE) | VALIDATE;
	assert_int_equal(call_at(LIST + 8), SVSM_SUCCESS);
	assert_int_equal(list->next, 510);
	assert_guest_page(BLOCK);
	assert_guest_page(BLOCK + 509 * PAGE_SIZE);
	assert_invalid_page(BLOCK + 510 * PAGE_SIZE);
	/* Its header is not the guest's to use as an argument. */
	assert_int_equal(call_at(LIST), SVSM_ERR_INVALID_ADDRESS);
}

static void progress_is_kept_up_to_the_bad_entry(void **state)
{
	(void)state;
	put(0, TARGET | VALIDATE);
	put(1, FAKE_OWN_BASE | VALIDATE);
	put(2, (TARGET + PAGE_SIZE) | VALIDATE);
	assert_int_equal(call(), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(next(), 1);
	assert_guest_page(TARGET);
	assert_invalid_page(TARGET + PAGE_SIZE);
	list_at(LIST)->next = 2;
	assert_int_equal(call(), SVSM_SUCCESS);
	assert_guest_page(TARGET + PAGE_SIZE);
}

static void rescinded_pages_are_flushed_even_when_a_later_entry_fails(void **state)
{
	(void)state;
	fake_give(TARGET, PAGE_SIZE, 7);
	put(0, TARGET);
	put(1, FAKE_OWN_BASE);
	assert_int_equal(call(), SVSM_ERR_INVALID_ADDRESS);
	assert_invalid_page(TARGET);
	assert_int_equal(fake_flushes, 1);
}

static void clearing_is_bounded_in_each_call(void **state)
{
	const unsigned int blocks = 9;

	(void)state;
	for (unsigned int i = 0; i < blocks; i++) {
		make_large(BLOCK + i * PAGE_2M_SIZE);
		put(i, (BLOCK + i * PAGE_2M_SIZE) | VALIDATE | LARGE);
	}
	assert_int_equal(call(), SVSM_ERR_INCOMPLETE);
	assert_int_equal(next(), 8);
	assert_int_equal(call(), SVSM_SUCCESS);
	assert_int_equal(next(), blocks);
	for (unsigned int i = 0; i < blocks; i++)
		assert_guest_page(BLOCK + i * PAGE_2M_SIZE);
}

static void a_page_of_another_call_is_busy(void **state)
{
	struct gpa page;
	uint8_t *entry, was;

	(void)state;
	assert_true(guest_range_check(TARGET, PAGE_SIZE, &page, &entry));
	assert_int_equal(page_lock(entry, &was), PAGE_LOCKED);
	assert_int_equal(call_one(TARGET | VALIDATE), SVSM_ERR_BUSY);
	assert_int_equal(next(), 0);
	page_unlock_unchanged(entry);
	assert_int_equal(call_one(TARGET | VALIDATE), SVSM_SUCCESS);
}

/* A busy page of another CPU must stay locked when this call's own are let go. */
static void only_own_locks_are_let_go(void **state)
{
	struct gpa page;
	uint8_t *entry, was;

	(void)state;
	fake_give(TARGET, 2 * PAGE_SIZE, 7);
	assert_true(guest_range_check(TARGET + PAGE_SIZE, PAGE_SIZE, &page, &entry));
	assert_int_equal(page_lock(entry, &was), PAGE_LOCKED);
	put(0, TARGET);
	put(1, TARGET + PAGE_SIZE);
	assert_int_equal(call(), SVSM_ERR_BUSY);
	assert_int_equal(*entry, PAGE_STATE_GUEST | PAGE_STATE_BUSY);
	assert_invalid_page(TARGET);
}

static uint64_t hook_page;

static void change_list(const char *operation, uint64_t page)
{
	(void)page;
	if (strcmp(operation, "validate"))
		return;
	put(1, hook_page | VALIDATE);
	list_at(LIST)->num_entries = 400;
}

/* The guest changes the list while it is worked on: the copy counts. */
static void the_list_is_read_once(void **state)
{
	(void)state;
	put(0, TARGET | VALIDATE);
	put(1, (TARGET + PAGE_SIZE) | VALIDATE);
	hook_page = BLOCK;
	fake_hook = change_list;
	assert_int_equal(call(), SVSM_SUCCESS);
	assert_guest_page(TARGET + PAGE_SIZE);
	assert_invalid_page(BLOCK);
	assert_int_equal(next(), 2);
}

static void take_away(const char *operation, uint64_t page)
{
	if (!strcmp(operation, "grant"))
		fake_page(page)->taken = true;
}

static void a_page_taken_by_the_host_half_way_is_not_granted(void **state)
{
	(void)state;
	fake_hook = take_away;
	assert_int_equal(call_one(TARGET | VALIDATE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_state(TARGET), PAGE_STATE_LOST);
	assert_int_equal(fake_page(TARGET)->perms[FAKE_GUEST_VMPL], 0);
	fake_hook = NULL;
	fake_page(TARGET + PAGE_SIZE)->taken = true;
	assert_int_equal(call_one((TARGET + PAGE_SIZE) | VALIDATE), SVSM_ERR_INVALID_ADDRESS);
}

/* The host puts another frame there before @operation; only the first one is valid. */
static const char *swap_before;

static void swap_frames(const char *operation, uint64_t page)
{
	if (strcmp(operation, swap_before))
		return;
	fake_page(page)->validated = false;
	fake_page(page)->perms[FAKE_GUEST_VMPL] = 0;
}

static void assert_lost(uint64_t page)
{
	fake_hook = NULL;
	assert_int_equal(fake_state(page), PAGE_STATE_LOST);
	assert_int_equal(call_one(page | VALIDATE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call_one(page | VALIDATE | IGNORE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call_one(page | IGNORE), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call_one(ALIGN_DOWN(page, PAGE_2M_SIZE) | LARGE | VALIDATE),
		SVSM_ERR_INVALID_ADDRESS);
	assert_false(fake_page(page)->validated);
}

static void no_address_ever_has_two_valid_frames(void **state)
{
	(void)state;
	fake_hook = swap_frames;
	swap_before = "grant";
	assert_int_equal(call_one(TARGET | VALIDATE), SVSM_ERR_INVALID_ADDRESS);
	assert_lost(TARGET);
	fake_give(TARGET + PAGE_SIZE, PAGE_SIZE, 7);
	fake_hook = swap_frames;
	swap_before = "rescind";
	assert_int_equal(call_one((TARGET + PAGE_SIZE) | IGNORE), SVSM_ERR_INVALID_ADDRESS);
	assert_lost(TARGET + PAGE_SIZE);
}

/* The guest could not be told how far the call came. */
static void the_list_page_itself_cannot_be_changed(void **state)
{
	(void)state;
	put(0, LIST);
	assert_int_equal(call(), SVSM_ERR_INVALID_ADDRESS);
	assert_guest_page(LIST);
	assert_int_equal(next(), 0);
	assert_int_equal(
		call_one(ALIGN_DOWN(LIST, PAGE_2M_SIZE) | LARGE), SVSM_ERR_INVALID_ADDRESS);
	assert_guest_page(LIST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(validating_clears_and_grants, setup),
		cmocka_unit_test_setup(rescinding_takes_all_rights_and_flushes, setup),
		cmocka_unit_test_setup(one_flush_serves_a_whole_list, setup),
		cmocka_unit_test_setup(a_page_may_be_rescinded_and_validated_in_one_list, setup),
		cmocka_unit_test_setup(validating_twice_changes_nothing, setup),
		cmocka_unit_test_setup(rescinding_twice_changes_nothing, setup),
		cmocka_unit_test_setup(a_page_that_the_host_replaced_is_not_validated_again, setup),
		cmocka_unit_test_setup(an_unexpected_valid_page_is_cleared_or_refused, setup),
		cmocka_unit_test_setup(large_pages_work_as_a_whole, setup),
		cmocka_unit_test_setup(a_large_page_in_small_entries_is_a_size_mismatch, setup),
		cmocka_unit_test_setup(a_large_page_of_mixed_states_is_a_size_mismatch, setup),
		cmocka_unit_test_setup(a_large_page_must_be_all_the_guests, setup),
		cmocka_unit_test_setup(a_small_page_splits_a_large_one, setup),
		cmocka_unit_test_setup(the_paravisors_pages_cannot_be_named, setup),
		cmocka_unit_test_setup(save_and_calling_areas_cannot_be_changed, setup),
		cmocka_unit_test_setup(malformed_entries_are_refused, setup),
		cmocka_unit_test_setup(malformed_lists_are_refused, setup),
		cmocka_unit_test_setup(the_list_must_be_the_guests_own, setup),
		cmocka_unit_test_setup(a_full_list_in_a_calling_area_works, setup),
		cmocka_unit_test_setup(progress_is_kept_up_to_the_bad_entry, setup),
		cmocka_unit_test_setup(
			rescinded_pages_are_flushed_even_when_a_later_entry_fails, setup),
		cmocka_unit_test_setup(clearing_is_bounded_in_each_call, setup),
		cmocka_unit_test_setup(a_page_of_another_call_is_busy, setup),
		cmocka_unit_test_setup(only_own_locks_are_let_go, setup),
		cmocka_unit_test_setup(the_list_is_read_once, setup),
		cmocka_unit_test_setup(a_page_taken_by_the_host_half_way_is_not_granted, setup),
		cmocka_unit_test_setup(no_address_ever_has_two_valid_frames, setup),
		cmocka_unit_test_setup(the_list_page_itself_cannot_be_changed, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
