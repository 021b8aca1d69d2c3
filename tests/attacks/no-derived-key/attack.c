/* SPDX-License-Identifier: MIT */
/*
 * The host keeps the secure processor's key from the paravisor: it is busy whenever it
 * is asked, refuses, or hands over another answer. With the key gone, a service's seeds
 * would be as good as the processor's random numbers alone, which some hosts would like.
 *
 * It cannot be prevented, and the log says so; seeds are made all the same, of the
 * generator alone, and no two are equal.
 */
#include <string.h>

#include "accomplice.h"
#include "tests/services/protocols.h"

#define SEEDS 4U
#define SEED_SIZE 64U

static uint8_t *buffer;
static uint8_t seeds[SEEDS][SEED_SIZE];

static void take_seed(uint8_t *seed)
{
	struct svsm_regs r = {
		.rax = svsm_function(PROTOCOL_ECHO, ECHO_SEED),
		.rcx = (uint64_t)buffer,
		.r8 = PAGE_SIZE,
	};
	const uint64_t function = r.rax;

	memset(buffer, 0, PAGE_SIZE);
	do { /* a slow machine may make slices of it */
		r.rax = function;
		EXPECT(svsm_call(&r, SVSM_BY_MSR));
	} while (r.rax == SVSM_ERR_INCOMPLETE);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(r.rdx, SEED_SIZE);
	memcpy(seed, buffer, SEED_SIZE);
}

static void differ(void)
{
	static const uint8_t none[SEED_SIZE];

	for (uint32_t i = 0; i < SEEDS; i++) {
		take_seed(seeds[i]);
		EXPECT(memcmp(seeds[i], none, SEED_SIZE));
		for (uint32_t j = 0; j < i; j++)
			EXPECT(memcmp(seeds[i], seeds[j], SEED_SIZE));
	}
}

static const struct test_case cases[] = {
	{"seeds are made without the key", differ},
};

void guest_main(void)
{
	buffer = page_alloc();
	CHECK_RUN(cases);
}
