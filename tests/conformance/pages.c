/* SPDX-License-Identifier: MIT */
/* Pages, their lists, contents and rights (pages.h). */
#include "pages.h"

#include <string.h>

#include "guest.h"
#include "insn.h"

#define LEAST_VMPL 3U
#define WORDS (PAGE_SIZE / sizeof(uint64_t))

struct svsm_pvalidate_list *list_new(void)
{
	return page_alloc();
}

void list_clear(struct svsm_pvalidate_list *list)
{
	*list = (struct svsm_pvalidate_list){0};
}

void list_add(struct svsm_pvalidate_list *list, uint64_t entry)
{
	list->entries[list->num_entries++] = entry;
}

uint64_t list_call(const struct svsm_pvalidate_list *list)
{
	return core(SVSM_CORE_PVALIDATE, (uint64_t)list, 0x77, 0x88);
}

uint64_t change(uint64_t entry)
{
	static struct svsm_pvalidate_list *list;
	uint64_t result;

	if (!list)
		list = list_new();
	list_clear(list);
	list_add(list, entry);
	result = list_call(list);
	EXPECT_EQ(list->num_entries, 1);
	EXPECT_EQ(list->next, result == SVSM_SUCCESS);
	EXPECT_EQ(list->entries[0], entry);
	return result;
}

void must_change(uint64_t entry)
{
	uint64_t result = change(entry);

	if (result != SVSM_SUCCESS)
		check_abort("PVALIDATE of entry %lx: %lx", entry, result);
}

static uint64_t pattern(uint64_t gpa, uint64_t word)
{
	return (gpa + word) * 0x9e3779b97f4a7c15ULL | 1;
}

void page_fill(uint64_t gpa)
{
	volatile uint64_t *words = private_view(gpa);

	for (uint64_t i = 0; i < WORDS; i++)
		words[i] = pattern(gpa, i);
}

void expect_filled(uint64_t gpa)
{
	const volatile uint64_t *words = private_view(gpa);

	for (uint64_t i = 0; i < WORDS; i++) {
		if (words[i] == pattern(gpa, i))
			continue;
		check_fail("page %lx, word %lu: %lx is not what was written", gpa, i, words[i]);
		return;
	}
}

void expect_zero_range(uint64_t gpa, uint64_t bytes)
{
	const volatile uint64_t *words = private_view(gpa);

	for (uint64_t i = 0; i < bytes / sizeof(*words); i++) {
		if (!words[i])
			continue;
		check_fail("range %lx, word %lu: %lx is not zero", gpa, i, words[i]);
		return;
	}
}

void expect_zero(uint64_t gpa)
{
	expect_zero_range(gpa, PAGE_SIZE);
}

struct trap page_read(uint64_t gpa)
{
	return TRY("movq (%0), %%rax", : "r"(private_view(gpa)) : "rax", "memory");
}

void expect_gone(uint64_t gpa)
{
	struct trap t = page_read(gpa);

	if (t.vector != VEC_VC || t.error != SVM_EXIT_PAGE_NOT_VALIDATED)
		check_fail("page %lx can be read, or not for the right reason: trap %lu error %lx",
			gpa, t.vector, t.error);
}

uint32_t page_rights(uint64_t gpa, uint32_t size)
{
	void *page = private_view(size == RMP_SIZE_2M ? ALIGN_DOWN(gpa, PAGE_2M_SIZE) : gpa);
	uint32_t rights = 0;

	for (uint32_t right = 1; right <= RMP_PERM_EXEC_SUPER; right <<= 1)
		if (rmpadjust(page, size, rmp_attributes(LEAST_VMPL, right)) == RMP_SUCCESS)
			rights |= right;
	(void)rmpadjust(page, size, rmp_attributes(LEAST_VMPL, 0));
	return rights;
}

void expect_ordinary(uint64_t gpa)
{
	struct trap t = page_read(gpa);
	struct rmpquery_result least;
	uint32_t rights;

	if (t.vector != TRAP_NONE) {
		check_fail("page %lx cannot be read: trap %lu error %lx", gpa, t.vector, t.error);
		return;
	}
	least = rmpquery(private_view(gpa), LEAST_VMPL);
	rights = page_rights(gpa, (uint32_t)least.size);
	if (least.code != RMP_SUCCESS || least.attributes != LEAST_VMPL || rights != RMP_PERM_RWX)
		check_fail("page %lx: rights %x, RMPQUERY for VMPL 3 %lx: %lx", gpa, rights,
			least.code, least.attributes);
}

uint64_t paravisor_base(void)
{
	return guest.secrets->svsm_base;
}

uint64_t paravisor_end(void)
{
	return guest.secrets->svsm_base + guest.secrets->svsm_size;
}

uint64_t ram_end(void)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < guest.ram_count; i++)
		if (guest.ram[i].base + guest.ram[i].size > end)
			end = guest.ram[i].base + guest.ram[i].size;
	return end;
}
