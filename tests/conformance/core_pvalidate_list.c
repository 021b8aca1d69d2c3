/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_PVALIDATE: the list itself. Where it may lie, how long it may be,
 * and that a list which is refused changes nothing.
 */
#include <string.h>

#include "guest.h"
#include "places.h"

#define HEADER sizeof(struct svsm_pvalidate_list)
#define SPACE (PAGE_SIZE - HEADER) /* of a list at the start of a page */

static uint64_t page; /* the good entries': validated and filled between the trials */

static uint64_t call_at(uint64_t list)
{
	return core(SVSM_CORE_PVALIDATE, list, 0x77, 0x88);
}

/* A list that would rescind `page` by each of its entries. */
static struct svsm_pvalidate_list *list_at(uint64_t gpa, uint16_t count, uint16_t next)
{
	struct svsm_pvalidate_list *list = private_view(gpa);
	uint64_t room = PAGE_SIZE - (gpa & (PAGE_SIZE - 1));

	list->num_entries = count;
	list->next = next;
	list->reserved = 0;
	for (uint64_t i = 0; i < count && HEADER + (i + 1) * 8 <= room; i++)
		list->entries[i] = page | RESCIND | IGNORE_CF;
	return list;
}

/* The answer is @expected, and not a byte of the list's page nor the page has changed. */
static void expect_list_refused(uint64_t list, uint64_t expected)
{
	static uint8_t copy[PAGE_SIZE];
	const void *whole = private_view(ALIGN_DOWN(list, PAGE_SIZE));

	memcpy(copy, whole, PAGE_SIZE);
	EXPECT_EQ(call_at(list), expected);
	EXPECT(!memcmp(copy, whole, PAGE_SIZE));
	expect_filled(page);
}

static void expect_list_done(uint64_t gpa, uint16_t count)
{
	struct svsm_pvalidate_list *list = list_at(gpa, count, 0);

	EXPECT_EQ(call_at(gpa), SVSM_SUCCESS);
	EXPECT_EQ(list->num_entries, count);
	EXPECT_EQ(list->next, count);
	expect_gone(page);
	must_change(page | VALIDATE);
	page_fill(page);
}

static void empty(void)
{
	uint64_t at = (uint64_t)list_new();

	list_at(at, 0, 0);
	expect_list_refused(at, SVSM_ERR_INVALID_PARAMETER);
	list_at(at, 0, 1);
	expect_list_refused(at, SVSM_ERR_INVALID_PARAMETER);
}

static void nothing_left(void)
{
	static const struct {
		uint16_t count, next;
	} pairs[] = {{1, 1}, {1, 2}, {4, 4}, {4, 5}, {511, 511}, {1, 0xffff}};
	uint64_t at = (uint64_t)list_new();

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		list_at(at, pairs[i].count, pairs[i].next);
		expect_list_refused(at, SVSM_ERR_INVALID_PARAMETER);
	}
}

/* At the start of a page there is room for 511 entries. */
static void too_long(void)
{
	static const uint16_t counts[] = {512, 513, 0x7fff, 0x8000, 0xffff};
	uint64_t at = (uint64_t)list_new();

	expect_list_done(at, SPACE / 8);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		list_at(at, counts[i], 0);
		expect_list_refused(at, SVSM_ERR_INVALID_PARAMETER);
		list_at(at, counts[i], (uint16_t)(counts[i] - 1));
		expect_list_refused(at, SVSM_ERR_INVALID_PARAMETER);
	}
}

/* The page after it is guest memory as well; that makes no difference. */
static void across_pages(void)
{
	uint64_t at = (uint64_t)pages_alloc(2), end = at + PAGE_SIZE;

	for (uint64_t room = 16; room <= 64; room += 8) {
		uint16_t fits = (uint16_t)((room - HEADER) / 8);

		expect_list_done(end - room, fits);
		list_at(end - room, (uint16_t)(fits + 1), 0);
		expect_list_refused(end - room, SVSM_ERR_INVALID_PARAMETER);
	}
	list_at(end - HEADER, 1, 0);
	expect_list_refused(end - HEADER, SVSM_ERR_INVALID_PARAMETER);
}

static void misaligned(void)
{
	uint64_t at = (uint64_t)list_new();

	for (uint64_t offset = 1; offset < 8; offset++) {
		list_at(at + offset, 1, 0);
		expect_list_refused(at + offset, SVSM_ERR_INVALID_PARAMETER);
	}
	expect_list_done(at + 8, 1);
}

/* Where Linux has its list, as long as it can be: 510 entries. */
static void in_the_calling_area(void)
{
	uint64_t at = (uint64_t)cpu_self()->ca + SVSM_CA_BUFFER_OFFSET;

	expect_list_done(at, 510);
	list_at(at, 511, 0);
	expect_list_refused(at, SVSM_ERR_INVALID_PARAMETER);
}

/* The first 8 bytes of any calling area are not the guest's to give. */
static void over_the_header(void)
{
	uint64_t calling_area, vmsa = (uint64_t)vmsa_registered(&calling_area);

	EXPECT_EQ(call_at((uint64_t)cpu_self()->ca), SVSM_ERR_INVALID_ADDRESS);
	list_at(calling_area, 1, 0);
	expect_list_refused(calling_area, SVSM_ERR_INVALID_ADDRESS);
	expect_list_done(calling_area + SVSM_CA_BUFFER_OFFSET, 2);
	EXPECT_EQ(core(SVSM_CORE_DELETE_VCPU, vmsa, 0, 0), SVSM_SUCCESS);
	expect_list_done(calling_area, 2);
}

static void bad_places(void)
{
	struct place places[MAX_PLACES];
	uint32_t count = foreign_places(places);

	for (uint32_t i = 0; i < count; i++) {
		if (call_at(places[i].gpa) != SVSM_ERR_INVALID_ADDRESS)
			check_fail("a list in %s", places[i].what);
		if (call_at(places[i].gpa + PAGE_SIZE - 8) != SVSM_ERR_INVALID_ADDRESS)
			check_fail("a list at the end of %s", places[i].what);
	}
	count = unusable_places(places);
	for (uint32_t i = 0; i < count; i++)
		if (call_at(places[i].gpa) != SVSM_ERR_INVALID_ADDRESS)
			check_fail("a list in %s", places[i].what);
	expect_filled(page);
}

/* The header at the end of RAM, the entries past it. */
static void at_the_end_of_ram(void)
{
	uint64_t last = ram_end() - PAGE_SIZE;

	expect_list_done(last, 511);
	list_at(ram_end() - HEADER, 1, 0);
	expect_list_refused(ram_end() - HEADER, SVSM_ERR_INVALID_PARAMETER);
}

/* Work goes on at the next index, and says where it stopped. */
static void resumed(void)
{
	uint64_t row = region_take(4 * PAGE_SIZE, PAGE_SIZE);
	struct svsm_pvalidate_list *list = list_new();

	for (uint64_t i = 0; i < 4; i++) {
		page_fill(row + i * PAGE_SIZE);
		list_add(list, (row + i * PAGE_SIZE) | RESCIND);
	}
	list->next = 2;
	EXPECT_EQ(list_call(list), SVSM_SUCCESS);
	EXPECT_EQ(list->next, 4);
	expect_filled(row);
	expect_filled(row + PAGE_SIZE);
	expect_gone(row + 2 * PAGE_SIZE);
	expect_gone(row + 3 * PAGE_SIZE);
	list->next = 1;
	EXPECT_EQ(list_call(list), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT_EQ(list->next, 2);
	expect_filled(row);
	expect_gone(row + PAGE_SIZE);
}

/* As Linux did before 6.17: the header's reserved word is whatever stood there. */
static void reserved_word(void)
{
	uint64_t at = (uint64_t)list_new();
	struct svsm_pvalidate_list *list = list_at(at, 1, 0);

	list->reserved = 0xffffffff;
	EXPECT_EQ(call_at(at), SVSM_SUCCESS);
	EXPECT_EQ(list->reserved, 0xffffffff);
	expect_gone(page);
	must_change(page | VALIDATE);
	page_fill(page);
}

/* Nothing of the list is written but the next index. */
static void list_is_kept(void)
{
	uint64_t at = (uint64_t)list_new();
	struct svsm_pvalidate_list *list = list_at(at, 3, 0);
	static uint8_t copy[PAGE_SIZE];

	memset(&list->entries[3], 0xa5, PAGE_SIZE - HEADER - 3 * 8);
	memcpy(copy, list, PAGE_SIZE);
	EXPECT_EQ(call_at(at), SVSM_SUCCESS);
	EXPECT_EQ(list->next, 3);
	list->next = 0;
	EXPECT(!memcmp(copy, list, PAGE_SIZE));
	must_change(page | VALIDATE);
	page_fill(page);
}

static const struct test_case alone[] = {
	{"no entries: 80000005h", empty},
	{"next index at the count or past it: 80000005h", nothing_left},
	{"511 entries fill a page, more are refused", too_long},
	{"a list that would cross into the next page", across_pages},
	{"a list not aligned to 8 bytes: 80000005h", misaligned},
	{"510 entries in the calling area", in_the_calling_area},
	{"a list over a calling area's header: 80000003h", over_the_header},
	{"a list in no plain guest memory: 80000003h", bad_places},
	{"a list in the last page of RAM", at_the_end_of_ram},
	{"a list goes on at its next index", resumed},
	{"the header's reserved word is not looked at", reserved_word},
	{"only the next index of a list is written", list_is_kept},
};

void guest_main(void)
{
	call_init();
	page = (uint64_t)page_alloc();
	page_fill(page);
	CHECK_RUN(alone);
}
