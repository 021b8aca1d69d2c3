/* SPDX-License-Identifier: MIT */
/*
 * Page state change: the host gives a page to the guest or takes it back, by
 * RMPUPDATE, and has every vCPU drop what its TLB knows of it.
 */
#include "host.h"
#include "counters.h"
#include "hostile.h"
#include "timeline.h"

static bool is_2m(uint64_t gpn)
{
	return rmp_read(host_map(gpn)).flags & RMP_2M;
}

/* Takes a 2 MiB entry apart where a 4 KiB change needs it. */
static void split_if_needed(uint64_t gpn, uint32_t size)
{
	if (size == RMP_SIZE_4K && is_2m(gpn))
		rmp_psmash(host_map(gpn));
}

static bool is_private(uint64_t gpn)
{
	return rmp_read(host_map(gpn)).flags & RMP_ASSIGNED;
}

uint32_t host_change_page(uint64_t gpn, bool private, uint32_t size)
{
	uint64_t count = size == RMP_SIZE_2M ? PAGES_PER_2M : 1;
	enum rmp_result result;

	if (!gpn_is_ram(gpn) || !gpn_is_ram(gpn + count - 1))
		return RMP_FAIL_INPUT;
	if (size == RMP_SIZE_2M && !IS_ALIGNED(gpn, PAGES_PER_2M))
		return RMP_FAIL_INPUT;
	COUNT_MANY(psc_pages, count);
	timeline_count_pages(count);
	for (uint64_t i = 0; i < count; i++)
		host_forget_promise(gpn + i);
	/* A page that is already as wanted keeps its bytes, as under KVM. */
	if (size == RMP_SIZE_4K && is_private(gpn) == private)
		return 0;
	split_if_needed(gpn, size);
	result = rmp_update(host_map(gpn), gpn, private, size);
	if (result == RMP_SUCCESS && !private)
		vcpu_flush_others();
	return result;
}

/* KVM keeps the attributes of a 2 MiB range page by page where they differ. */
static uint32_t change_2m(uint64_t gpn, bool private)
{
	bool uniform = true;

	if (!gpn_is_ram(gpn) || !gpn_is_ram(gpn + PAGES_PER_2M - 1))
		return RMP_FAIL_INPUT;
	for (uint64_t g = gpn; g < gpn + PAGES_PER_2M; g++)
		uniform &= is_private(g) != private;
	if (uniform)
		return host_change_page(gpn, private, RMP_SIZE_2M);
	for (uint64_t g = gpn; g < gpn + PAGES_PER_2M; g++)
		if (host_change_page(g, private, RMP_SIZE_4K))
			return RMP_FAIL_INPUT;
	return 0;
}

static uint64_t change_entry(const struct vcpu *v, uint64_t entry)
{
	uint64_t gpn = (entry & PSC_ENTRY_GFN_MASK) >> PSC_ENTRY_GFN_SHIFT;
	uint32_t op = entry >> PSC_ENTRY_OP_SHIFT & 0xf;
	bool large = entry & PSC_ENTRY_2M;
	uint32_t error;

	if (entry & PSC_ENTRY_RESERVED || (large && !IS_ALIGNED(gpn, PAGES_PER_2M)))
		return PSC_ERR_ENTRY;
	if (op == PSC_OP_PSMASH || op == PSC_OP_UNSMASH)
		return 0; /* hints */
	if (op != PSC_OP_PRIVATE && op != PSC_OP_SHARED)
		return PSC_ERR_ENTRY;
	if (op == PSC_OP_SHARED && hostile_keeps_private(v))
		return 0;
	error = large ? change_2m(gpn, op == PSC_OP_PRIVATE)
		      : host_change_page(gpn, op == PSC_OP_PRIVATE, RMP_SIZE_4K);
	return error ? PSC_ERR_GENERIC | error : 0;
}

void host_psc(struct vcpu *v, const struct ghcb_request *req, struct ghcb_reply *reply)
{
	struct psc_buffer *list = ghcb_scratch(v, req, sizeof(*list), reply);
	uint16_t i, end;

	COUNT(psc_calls);
	if (!list)
		return;
	end = list->end_entry;
	if (list->cur_entry > end || end >= PSC_MAX_ENTRIES) {
		reply->info2 = PSC_ERR_HEADER;
		return;
	}
	for (i = list->cur_entry; i <= end; i++) {
		uint64_t entry = list->entries[i];
		uint64_t pages = entry & PSC_ENTRY_2M ? PAGES_PER_2M : 1;

		reply->info2 = change_entry(v, entry);
		if (reply->info2)
			break;
		list->entries[i] = (entry & ~PSC_ENTRY_CUR_PAGE_MASK) | pages;
		list->cur_entry = (uint16_t)(i + 1);
	}
	hostile_psc(v, list);
}
