/* SPDX-License-Identifier: MIT */
/*
 * Required memory of an IGVM file. QEMU marks it as private for KVM and leaves
 * it at that: the RMP hears of a page when the guest first touches it, each an
 * exit, unless the guest has asked for a page state change before.
 */
#include "host.h"
#include "counters.h"

static uint8_t *promised; /* a bit for each page below promised_end */
static uint64_t promised_end;

static void make_room(uint64_t end)
{
	uint64_t pages = ALIGN_UP(end / 8 + 1, PAGE_SIZE) >> PAGE_SHIFT;
	uint8_t *larger;

	if (end <= promised_end)
		return;
	larger = alloc_pages(pages);
	if (promised)
		memcpy(larger, promised, promised_end / 8 + 1);
	promised = larger;
	promised_end = end;
}

void host_promise_private(uint64_t gpn)
{
	make_room(ALIGN_UP(gpn + 1, PAGES_PER_2M));
	promised[gpn / 8] |= (uint8_t)(1 << gpn % 8);
}

bool host_forget_promise(uint64_t gpn)
{
	uint8_t bit = (uint8_t)(1 << gpn % 8);

	if (gpn >= promised_end || !(promised[gpn / 8] & bit))
		return false;
	promised[gpn / 8] &= (uint8_t)~bit;
	return true;
}

bool host_keep_promise(uint64_t gpn)
{
	if (!host_forget_promise(gpn))
		return false;
	COUNT(implicit_pages);
	return !host_change_page(gpn, true, RMP_SIZE_4K);
}
