/* SPDX-License-Identifier: MIT */
/*
 * Overlap of an IGVM file's pages: sort by address, then sweep once for each
 * platform, since pages of different platforms may share an address.
 */
#include "overlap.h"

#include <inttypes.h>
#include <stdlib.h>

void overlap_add(struct overlap *overlap, const struct igvm_item *item, uint64_t gpa, uint64_t size)
{
	overlap->ranges[overlap->count++] = (struct overlap_range){
		.start = gpa, .end = gpa + size, .mask = item->mask, .item = item};
}

/* By address, then by place in the file, so that the error does not depend on qsort. */
static int compare_ranges(const void *left, const void *right)
{
	const struct overlap_range *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

static bool sweep(const struct overlap *overlap, uint32_t bit, struct tool_error *error)
{
	const struct overlap_range *last = NULL;

	for (size_t i = 0; i < overlap->count; i++) {
		const struct overlap_range *range = &overlap->ranges[i];

		if (!(range->mask & bit))
			continue;
		if (last && range->start < last->end)
			return fail_at(error, range->item->offset,
				"%s at guest address 0x%" PRIx64
				" overlaps the %s at offset 0x%" PRIx64,
				range->item->info->name, range->start, last->item->info->name,
				last->item->offset);
		last = range;
	}
	return true;
}

bool overlap_check(struct overlap *overlap, uint32_t masks, struct tool_error *error)
{
	if (overlap->count)
		qsort(overlap->ranges, overlap->count, sizeof(*overlap->ranges), compare_ranges);
	for (uint32_t rest = masks; rest; rest &= rest - 1) {
		if (!sweep(overlap, rest & -rest, error))
			return false;
	}
	return true;
}
