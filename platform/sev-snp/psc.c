/* SPDX-License-Identifier: MIT */
/*
 * Page state changes by the GHCB's list (56421, section 4.1.6). The list lies
 * in shared memory: the host works on it, and what it says of its progress is
 * checked; which pages were meant is never read back.
 */
#include <string.h>

#include "kernel/frames.h"
#include "kernel/panic.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_page.h"

struct psc_batch {
	volatile struct ghcb *ghcb;
	struct spa page; /* where it lies */
	volatile struct psc_buffer *list;
	uint64_t operation;
	unsigned int count;
};

/* One exit: the host goes on from cur_entry. Returns the new cur_entry. */
static unsigned int run_once(const struct psc_batch *batch, unsigned int at)
{
	unsigned int now, end;
	uint64_t failure;

	ghcb_begin(batch->ghcb, GHCB_EVENT_PSC, 0, 0);
	ghcb_put_scratch(batch->ghcb, batch->page);
	ghcb_exit_or_give_up(batch->ghcb, "a page state change");
	now = batch->list->cur_entry;
	end = batch->list->end_entry;
	failure = batch->ghcb->sw_exit_info2;
	if (failure)
		give_up(TERM_NACRE_HOST_LIE, "page state change failed: 0x%lx", failure);
	if (now < at || now > batch->count || end != batch->count - 1 || batch->list->reserved)
		give_up(TERM_NACRE_HOST_LIE, "page state change: entry %u after %u of %u", now, at,
			batch->count);
	return now;
}

/*
 * A host may stop part of the way to let others run, but not for ever: each
 * exit has to finish an entry, or pages of one, at least once in PATIENCE.
 */
#define PATIENCE 4096U

static void flush_batch(struct psc_batch *batch)
{
	unsigned int at = 0, idle = 0;

	if (!batch->count)
		return;
	batch->list->cur_entry = 0;
	batch->list->end_entry = (uint16_t)(batch->count - 1);
	batch->list->reserved = 0;
	while (at < batch->count) {
		unsigned int now = run_once(batch, at);

		idle = now == at ? idle + 1 : 0;
		if (idle > PATIENCE)
			give_up(TERM_NACRE_HOST_LIE, "page state change makes no progress");
		at = now;
	}
	batch->count = 0;
}

static void add(struct psc_batch *batch, uint64_t page, bool large)
{
	batch->list->entries[batch->count++] = page | batch->operation << PSC_ENTRY_OP_SHIFT |
					       (large ? PSC_ENTRY_2M : 0);
	if (batch->count == PSC_MAX_ENTRIES)
		flush_batch(batch);
}

void ghcb_change_pages(volatile struct ghcb *ghcb, struct spa at, const struct page_span *spans,
	unsigned int count, uint64_t operation)
{
	struct psc_batch batch = {
		.ghcb = ghcb,
		.page = at,
		.list = (volatile struct psc_buffer *)ghcb->shared_buffer,
		.operation = operation,
	};

	for (unsigned int i = 0; i < count; i++) {
		uint64_t end = spans[i].base + spans[i].size, step;

		for (uint64_t page = spans[i].base; page < end; page += step) {
			bool large = IS_ALIGNED(page, PAGE_2M_SIZE) && end - page >= PAGE_2M_SIZE;

			step = large ? PAGE_2M_SIZE : PAGE_SIZE;
			add(&batch, page, large);
		}
	}
	flush_batch(&batch);
}

static void change_spans(const struct page_span *spans, unsigned int count, uint64_t operation)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb_change_pages(ghcb, spa_of(ghcb), spans, count, operation);
}

void platform_make_private(const struct page_span *spans, unsigned int count)
{
	change_spans(spans, count, PSC_OP_PRIVATE);
}

void platform_make_shared(const struct page_span *spans, unsigned int count)
{
	change_spans(spans, count, PSC_OP_SHARED);
}
