/* SPDX-License-Identifier: MIT */
/*
 * The witness where the host alone attacks: a guest that lives if the paravisor
 * lets it, has all of its vCPUs make calls, and converts a page both ways.
 */
#include "accomplice.h"

#include "cpu.h"
#include "vmpl.h"
#include "x86.h"

static void served(void)
{
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

static void converts(void)
{
	uint64_t gpa;
	uint64_t *shared = page_alloc_shared(&gpa);

	*shared = 1;
	EXPECT(page_make_private(gpa));
	EXPECT(page_is_zero(private_view(gpa)));
}

static void other_cpu(void *arg)
{
	served();
	(void)arg;
}

static void every_cpu(void)
{
	EXPECT_EQ(guest.cpu_count, word_number("cpus") ? word_number("cpus") : 1);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, other_cpu, NULL) && smp_join(i));
}

/* With "low=1": below 1 MiB the chipset shows ROMs until it is told otherwise. */
static void low_memory_is_cleared(void)
{
	uint64_t end = word_number("low") ? PC_HOLE_END : PC_ROM_BASE;

	for (uint64_t gpa = PC_ROM_BASE; gpa < end; gpa += PAGE_SIZE)
		EXPECT(page_is_zero(private_view(gpa)));
}

static const struct test_case cases[] = {
	{"the paravisor answers", served},
	{"a page is shared and comes back cleared", converts},
	{"low memory is RAM and was cleared", low_memory_is_cleared},
	{"every vCPU that the guest was told of serves", every_cpu},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
