/* SPDX-License-Identifier: MIT */
/*
 * kernel/elf_image.c on any bytes: a plan that is accepted names only bytes of
 * the file, pages of its own, and nothing writable that is executable.
 */
#include "fuzz.h"

#include "kernel/elf_image.h"

static void check(const struct elf_segment_plan *segment, size_t size)
{
	FUZZ_CHECK(segment->start < segment->end && segment->end <= ELF_SPAN_MAX + PAGE_SIZE);
	FUZZ_CHECK(IS_ALIGNED(segment->start | segment->end, PAGE_SIZE));
	FUZZ_CHECK(segment->data >= segment->start &&
		   segment->data_size <= segment->end - segment->data);
	FUZZ_CHECK(segment->offset <= size && segment->data_size <= size - segment->offset);
	FUZZ_CHECK(!(segment->write && segment->execute));
	FUZZ_CHECK(((segment->data ^ segment->offset) & (PAGE_SIZE - 1)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_plan plan;
	uint64_t end = 0;

	if (elf_plan(data, size, &plan))
		return 0;
	FUZZ_CHECK(plan.count && plan.count <= ELF_SEGMENTS_MAX);
	for (unsigned int i = 0; i < plan.count; i++) {
		check(&plan.segments[i], size);
		FUZZ_CHECK(plan.segments[i].start >= end);
		end = plan.segments[i].end;
	}
	FUZZ_CHECK(plan.span == end && plan.entry < end && plan.headers < end);
	return 0;
}
