/* SPDX-License-Identifier: MIT */
/*
 * Lists of SVSM_CORE_PVALIDATE on the fake platform of the unit tests: whatever
 * a list says, no lock stays behind, no page of the paravisor or of a vCPU
 * changes, a page's state agrees with the RMP, and a page that became the
 * guest's is cleared.
 */
#include "tests/fuzz/fuzz.h"

#include "fake_platform.h"
#include "platform.h"
#include "protocols/core.h"

#define LIST 0x800000UL
#define SMALL 0x900000UL /* pages of every kind, by layout() */
#define SMALL_PAGES 64U
#define LARGE 0xa00000UL       /* a 2 MiB entry, not validated */
#define LARGE_GIVEN 0xc00000UL /* a 2 MiB entry of the guest's */
#define ENTRIES_MAX 64U

static const uint64_t bases[] = {SMALL, SMALL, SMALL, LARGE, LARGE_GIVEN, FAKE_OWN_BASE, LIST,
	FAKE_RAM_END - 16 * PAGE_SIZE, FAKE_RAM2_BASE, 0};

static bool in_block(uint64_t page, uint64_t block)
{
	return page >= block && page < block + PAGE_2M_SIZE;
}

/* What a page is when a run begins. */
static uint8_t layout(uint64_t page, struct fake_page *rmp)
{
	uint8_t state = PAGE_STATE_INVALID;

	*rmp = (struct fake_page){.large = in_block(page, LARGE) || in_block(page, LARGE_GIVEN)};
	if (in_block(page, FAKE_OWN_BASE))
		return PAGE_STATE_OWN;
	if (page == LIST || in_block(page, LARGE_GIVEN))
		state = PAGE_STATE_GUEST;
	if (page >= SMALL && page < SMALL + SMALL_PAGES * PAGE_SIZE)
		state = 1 + page / PAGE_SIZE % 3; /* not validated, the guest's, a vCPU's */
	rmp->validated = state != PAGE_STATE_INVALID;
	rmp->vmsa = state == PAGE_STATE_VCPU;
	if (rmp->validated)
		rmp->perms[FAKE_GUEST_VMPL] = rmp->vmsa ? RMP_PERM_READ : RMP_PERM_RWX;
	rmp->taken = page >= SMALL && page < SMALL + 6 * PAGE_SIZE;
	return state;
}

static bool in_ram(uint64_t page)
{
	return (page >= FAKE_RAM_BASE && page < FAKE_RAM_END) ||
	       (page >= FAKE_RAM2_BASE && page < FAKE_RAM2_END);
}

static void restore_page(uint64_t page)
{
	if (in_ram(page))
		page_state_fill(page, PAGE_SIZE, layout(page, fake_page(page)));
}

/* A 2 MiB entry may have been split by a request for any of its pages. */
static bool blocks_changed;

static void restore(uint64_t page)
{
	if (in_block(page, LARGE) || in_block(page, LARGE_GIVEN))
		blocks_changed = true;
	else
		restore_page(page);
}

static void restore_blocks(void)
{
	for (unsigned int i = 0; i < PAGES_PER_2M && blocks_changed; i++) {
		restore_page(LARGE + i * PAGE_SIZE);
		restore_page(LARGE_GIVEN + i * PAGE_SIZE);
	}
	blocks_changed = false;
}

/* Whether a page of the list is one that the host took. */
static bool met_taken;

static void check_page(uint64_t page)
{
	struct fake_page before, *now = fake_page(page);
	uint8_t state_before, state;

	if (!in_ram(page))
		return;
	state_before = layout(page, &before);
	met_taken |= before.taken;
	state = fake_state(page);
	FUZZ_CHECK(!(state & PAGE_STATE_BUSY));
	if (state_before == PAGE_STATE_OWN || state_before == PAGE_STATE_VCPU) {
		before.large = now->large;
		FUZZ_CHECK(state == state_before && !memcmp(now, &before, sizeof(before)));
		return;
	}
	FUZZ_CHECK(state == PAGE_STATE_GUEST || state == PAGE_STATE_INVALID);
	FUZZ_CHECK(now->validated == (state == PAGE_STATE_GUEST));
	if (state == PAGE_STATE_INVALID)
		FUZZ_CHECK(!now->perms[FAKE_GUEST_VMPL] || now->taken);
	if (state == PAGE_STATE_GUEST && state_before == PAGE_STATE_INVALID)
		FUZZ_CHECK(!fake_memory(page)[0] && !fake_memory(page)[PAGE_SIZE - 1]);
}

/* Calls @each for every page that an entry may be about. */
static void for_pages(uint64_t entry, void (*each)(uint64_t page))
{
	uint64_t page = ALIGN_DOWN(entry, PAGE_SIZE);
	unsigned int count = entry & SVSM_PVALIDATE_SIZE_2M ? PAGES_PER_2M : 1;

	for (unsigned int i = 0; i < count && page + i * PAGE_SIZE < FAKE_RAM2_END; i++)
		each(page + i * PAGE_SIZE);
}

/* An entry from three bytes, near what is interesting; or any eight. */
static uint64_t take_entry(struct fuzz_input *input)
{
	uint8_t code[3];
	uint64_t raw;

	fuzz_take(input, code, sizeof(code));
	if (code[0] < 0xf0)
		return bases[code[1] % ARRAY_SIZE(bases)] + code[2] % SMALL_PAGES * PAGE_SIZE +
		       code[0] % 16;
	fuzz_take(input, &raw, sizeof(raw));
	return raw;
}

static void run(struct svsm_pvalidate_list *list, const uint64_t *entries, unsigned int count)
{
	const struct svsm_call call = {.rcx = LIST};
	enum svsm_result result = core_pvalidate(&call);

	FUZZ_CHECK(result == SVSM_SUCCESS || result >= SVSM_ERR_INCOMPLETE);
	FUZZ_CHECK(result != SVSM_SUCCESS || list->next <= list->num_entries ||
		   !fake_page(LIST)->validated);
	for (unsigned int i = 0; i < count; i++)
		for_pages(entries[i], check_page);
	/* The fake counts also what it then refuses, at a page that the host took. */
	FUZZ_CHECK(fake_unflushed == 0 || met_taken);
	for (unsigned int i = 0; i < count; i++)
		for_pages(entries[i], restore);
	restore_blocks();
}

static void prepare(void)
{
	static bool done;

	if (!done) {
		fake_reset();
		for (uint64_t page = FAKE_RAM_BASE; page < FAKE_RAM2_END; page += PAGE_SIZE)
			restore_page(page);
		done = true;
	}
	restore(LIST);
	fake_unflushed = 0;
	met_taken = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct svsm_pvalidate_list *list = (struct svsm_pvalidate_list *)fake_memory(LIST);
	struct fuzz_input input = {data, size};
	uint64_t entries[ENTRIES_MAX];
	uint8_t header[4];
	unsigned int count;

	prepare();
	fuzz_take(&input, header, sizeof(header));
	for (count = 0; count < ENTRIES_MAX && input.size; count++)
		list->entries[count] = entries[count] = take_entry(&input);
	/* Mostly the true number; else any, over what the last list left behind. */
	list->num_entries = header[0] < 0xe0 ? (uint16_t)count : header[0] % ENTRIES_MAX;
	list->next = header[1] < 0x80 ? 0 : header[1] % ENTRIES_MAX;
	list->reserved = header[2] == 0xff;
	if (list->num_entries > count)
		memset(&list->entries[count], 0,
			(list->num_entries - count) * sizeof(list->entries[0]));
	run(list, entries, count);
	return 0;
}
