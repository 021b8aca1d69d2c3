/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_PVALIDATE: what an entry of 4 KiB does. A validated page reads zero
 * and carries all rights of this VMPL and none of VMPL 3; a rescinded one cannot
 * be reached, by no vCPU.
 */
#include "guest.h"
#include "insn.h"
#include "nae.h"
#include "pages.h"
#include "vmpl.h"

#define MANY 64U

static uint64_t new_page(void)
{
	uint64_t page = region_take(PAGE_SIZE, PAGE_SIZE);

	page_fill(page);
	return page;
}

static void rescind_and_validate(void)
{
	uint64_t page = new_page();

	EXPECT_EQ(change(page | RESCIND), SVSM_SUCCESS);
	expect_gone(page);
	EXPECT_EQ(change(page | VALIDATE), SVSM_SUCCESS);
	expect_ordinary(page);
	expect_zero(page);
}

static void by_event(void)
{
	struct svsm_pvalidate_list *list = list_new();
	uint64_t page = new_page();
	struct svsm_regs r = {
		svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_PVALIDATE), (uint64_t)list, 2, 3, 4};

	list_add(list, page | RESCIND);
	call(&r, SVSM_BY_NAE, 0);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(list->next, 1);
	expect_gone(page);
}

/* What the host puts under the address is not shown. */
static void shared_and_back(void)
{
	uint64_t page = new_page();

	must_change(page | RESCIND);
	EXPECT_EQ(ghcb_msr_psc(page >> PAGE_SHIFT, PSC_OP_SHARED), 0);
	*(volatile uint64_t *)shared_view(page) = 0x5ec4e7;
	EXPECT_EQ(ghcb_msr_psc(page >> PAGE_SHIFT, PSC_OP_PRIVATE), 0);
	expect_gone(page);
	EXPECT_EQ(change(page | VALIDATE), SVSM_SUCCESS);
	expect_ordinary(page);
	expect_zero(page);
}

/* Every second page of a row, so that each has neighbours that must not change. */
static uint64_t change_every_second(uint64_t row, uint64_t flags)
{
	static struct svsm_pvalidate_list *list;

	if (!list)
		list = list_new();
	list_clear(list);
	for (uint64_t i = 0; i < MANY; i++)
		list_add(list, (row + (2 * i + 1) * PAGE_SIZE) | flags);
	EXPECT_EQ(list_call(list), SVSM_SUCCESS);
	EXPECT_EQ(list->num_entries, MANY);
	return list->next;
}

static void many_pages(void)
{
	uint64_t row = region_take((2 * MANY + 1) * PAGE_SIZE, PAGE_SIZE);

	for (uint64_t i = 0; i < 2 * MANY + 1; i++)
		page_fill(row + i * PAGE_SIZE);
	EXPECT_EQ(change_every_second(row, RESCIND), MANY);
	for (uint64_t i = 0; i < MANY; i++)
		expect_gone(row + (2 * i + 1) * PAGE_SIZE);
	EXPECT_EQ(change_every_second(row, VALIDATE), MANY);
	for (uint64_t i = 0; i < MANY; i++) {
		expect_filled(row + 2 * i * PAGE_SIZE);
		expect_ordinary(row + (2 * i + 1) * PAGE_SIZE);
		expect_zero(row + (2 * i + 1) * PAGE_SIZE);
	}
}

static void no_change(void)
{
	uint64_t page = new_page();

	EXPECT_EQ(change(page | VALIDATE), SVSM_ERR_PVALIDATE_NO_CHANGE);
	expect_filled(page);
	expect_ordinary(page);
	must_change(page | RESCIND);
	EXPECT_EQ(change(page | RESCIND), SVSM_ERR_PVALIDATE_NO_CHANGE);
	expect_gone(page);
}

/* A page that is valid already is left alone: nothing was put under it since. */
static void no_change_ignored(void)
{
	uint64_t page = new_page();

	EXPECT_EQ(change(page | VALIDATE | IGNORE_CF), SVSM_SUCCESS);
	expect_filled(page);
	expect_ordinary(page);
	EXPECT_EQ(change(page | RESCIND | IGNORE_CF), SVSM_SUCCESS);
	expect_gone(page);
	EXPECT_EQ(change(page | RESCIND | IGNORE_CF), SVSM_SUCCESS);
	expect_gone(page);
	EXPECT_EQ(change(page | VALIDATE | IGNORE_CF), SVSM_SUCCESS);
	expect_ordinary(page);
	expect_zero(page);
}

/* What the guest gave VMPL 3 does not outlive a rescission. */
static void lesser_rights(void)
{
	uint64_t page = new_page();

	EXPECT_EQ(rmpadjust(private_view(page), RMP_SIZE_4K, rmp_attributes(3, RMP_PERM_RWX)),
		RMP_SUCCESS);
	must_change(page | RESCIND);
	must_change(page | VALIDATE);
	EXPECT_EQ(rmpquery(private_view(page), 3).attributes, 3);
	expect_ordinary(page);
}

static void same_page_in_one_list(void)
{
	struct svsm_pvalidate_list *list = list_new();
	uint64_t page = new_page();

	list_add(list, page | RESCIND);
	list_add(list, page | VALIDATE);
	list_add(list, page | VALIDATE);
	EXPECT_EQ(list_call(list), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT_EQ(list->next, 2);
	expect_ordinary(page);
	expect_zero(page);
	list_clear(list);
	list_add(list, page | RESCIND);
	list_add(list, page | RESCIND);
	EXPECT_EQ(list_call(list), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT_EQ(list->next, 1);
	expect_gone(page);
}

/* --- Two vCPUs --- */

static struct {
	uint64_t page;
	uint32_t reading, gone; /* flags */
	uint64_t late;          /* reads that worked after the rescission had returned */
	struct trap trap;
} watched;

/* Reads until it faults; a bound, since a page that is never taken would hold it here. */
static void watch(void *arg)
{
	(void)arg;
	call_init();
	for (uint32_t i = 0; i < 10000000; i++) {
		uint32_t gone = __atomic_load_n(&watched.gone, __ATOMIC_SEQ_CST);

		watched.trap = page_read(watched.page);
		if (watched.trap.vector != TRAP_NONE)
			return;
		watched.late += gone;
		__atomic_store_n(&watched.reading, 1, __ATOMIC_SEQ_CST);
		if (watched.late == 1000)
			return;
	}
}

static void other_cpu_loses_it(void)
{
	watched.page = new_page();
	EXPECT(smp_start(1, watch, NULL));
	EXPECT(wait_for(&watched.reading));
	EXPECT_EQ(change(watched.page | RESCIND), SVSM_SUCCESS);
	__atomic_store_n(&watched.gone, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
	EXPECT_EQ(watched.late, 0);
	EXPECT_EQ(watched.trap.vector, VEC_VC);
	EXPECT_EQ(watched.trap.error, SVM_EXIT_PAGE_NOT_VALIDATED);
	must_change(watched.page | VALIDATE);
}

static const struct test_case alone[] = {
	{"rescind a page, validate it again", rescind_and_validate},
	{"the same by the GHCB's event", by_event},
	{"a page that was shared meanwhile reads zero", shared_and_back},
	{"64 pages in one list, their neighbours untouched", many_pages},
	{"no change: 80001010h", no_change},
	{"no change with ignore-CF: success", no_change_ignored},
	{"rights given to VMPL 3 end with rescission", lesser_rights},
	{"one page several times in a list", same_page_in_one_list},
};

static const struct test_case together[] = {
	{"a rescinded page is gone for another vCPU too", other_cpu_loses_it},
};

void guest_main(void)
{
	call_init();
	RUN_CASES(alone, together);
}
