/* SPDX-License-Identifier: MIT */
/*
 * The host takes pages that were validated. It makes a page shared, or assigns
 * another frame, when the paravisor is entered for a call: the page with the
 * list, a page that the list names, or one of the paravisor's own. A paravisor
 * that went on would read what the host put there.
 *
 * The processor raises #VC for an unvalidated page. At the instructions that
 * touch guest memory the paravisor expects it, and the call ends with an error;
 * at any other it ends the run with the reason "exception". Where the #VC itself
 * cannot be delivered any more the processor shuts down.
 */
#include "accomplice.h"

#include "cpu.h"

static struct svsm_pvalidate_list *list;
static uint8_t *page;

/* A list of one entry, in a page of its own. */
static uint64_t call(uint64_t entry)
{
	list->num_entries = 1;
	list->next = 0;
	list->entries[0] = entry;
	return core(SVSM_CORE_PVALIDATE, (uint64_t)list, 0, 0);
}

static void prepare(void)
{
	list = page_alloc();
	page = page_alloc();
	pattern_fill(page);
}

static void take(enum hostile_command command, const void *what)
{
	host_order(HOSTILE_AT_ENTRY | command, (uint64_t)what, 0);
}

static void list_unvalidated(void)
{
	prepare();
	take(HOSTILE_PRIVATE, list);
	EXPECT_EQ(call((uint64_t)page | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT(read_is_unvalidated(list));
	EXPECT(pattern_holds(page));
}

static void list_shared(void)
{
	prepare();
	take(HOSTILE_SHARE, list);
	EXPECT_EQ(call((uint64_t)page | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT(read_is_unvalidated(list));
	EXPECT(pattern_holds(page));
}

/* Its rights cannot be taken from an unvalidated page: nothing changes. */
static void page_to_rescind(void)
{
	prepare();
	take(HOSTILE_PRIVATE, page);
	EXPECT_EQ(call((uint64_t)page | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT(read_is_unvalidated(page));
}

/* A frame that is as good as any: nobody knew the other one. */
static void page_to_validate(void)
{
	prepare();
	EXPECT_EQ(call((uint64_t)page | RESCIND), SVSM_SUCCESS);
	take(HOSTILE_PRIVATE, page);
	EXPECT_EQ(call((uint64_t)page | VALIDATE), SVSM_SUCCESS);
	EXPECT(page_is_zero(page));
}

static void page_to_validate_shared(void)
{
	prepare();
	EXPECT_EQ(call((uint64_t)page | RESCIND), SVSM_SUCCESS);
	take(HOSTILE_SHARE, page);
	EXPECT_EQ(call((uint64_t)page | VALIDATE), SVSM_SUCCESS);
	EXPECT(page_is_zero(page));
}

static void page_to_be_a_save_area(void)
{
	uint64_t area = (uint64_t)page_alloc();
	uint8_t *save_area = page_alloc_vmsa();

	take(HOSTILE_PRIVATE, save_area);
	EXPECT_EQ(core(SVSM_CORE_CREATE_VCPU, (uint64_t)save_area, area, guest.apic_id[0]),
		SVSM_ERR_INVALID_ADDRESS);
	EXPECT(read_is_unvalidated(save_area));
	EXPECT_EQ(pvalidate_entry(area | RESCIND), SVSM_SUCCESS);
}

static void page_to_be_a_calling_area(void)
{
	uint64_t area = (uint64_t)page_alloc();

	take(HOSTILE_PRIVATE, private_view(area));
	EXPECT_EQ(core(SVSM_CORE_REMAP_CA, area, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

static const struct test_case cases[] = {
	{"the list is unvalidated", list_unvalidated},
	{"the list is shared", list_shared},
	{"the page to rescind is unvalidated", page_to_rescind},
	{"the page to validate is another frame", page_to_validate},
	{"the page to validate is shared", page_to_validate_shared},
	{"the page to be a save area is unvalidated", page_to_be_a_save_area},
	{"the page to be a calling area is unvalidated", page_to_be_a_calling_area},
};

/* A page of the paravisor's: whatever uses it next must not survive. */
static void take_own(uint64_t own)
{
	uint64_t area = (uint64_t)page_alloc(), spare = (uint64_t)page_alloc_vmsa();

	prepare();
	if (word_number("handler"))
		host_order(HOSTILE_PRIVATE, word_number("handler"), 0);
	host_order(HOSTILE_PRIVATE, own, 0);
	call((uint64_t)page | RESCIND);
	call((uint64_t)page | VALIDATE);
	core(SVSM_CORE_CREATE_VCPU, spare, area, guest.apic_id[0]);
	check_abort("the paravisor goes on without its page %lx", own);
}

void guest_main(void)
{
	if (word_number("own"))
		take_own(word_number("own"));
	CHECK_RUN(cases);
}
