/* SPDX-License-Identifier: MIT */
/*
 * The guest's vCPU run on another processor while the paravisor edits its save
 * area. The host has the VMSA's address and may enter it on any processor, at
 * any moment: between the paravisor's reading of RCX and of RDX, or after it has
 * written RAX and before RCX. The guest would run with half an answer, or change
 * what is being read.
 *
 * The paravisor takes EFER.SVME away before it reads anything, and gives it back
 * when all is written. The host tries before each of the paravisor's
 * instructions: the processor refuses whenever the registers are being handled.
 */
#include "accomplice.h"

#include "cpu.h"

#define INSTRUCTIONS 5000U

static void calls(void)
{
	struct svsm_regs r = {.rax = svsm_function(0, SVSM_CORE_QUERY_PROTOCOL), .rcx = 1};

	EXPECT(svsm_call(&r, SVSM_BY_MSR));
	EXPECT_EQ(r.rcx, 1UL << 32 | 1);
	EXPECT_EQ(core(SVSM_CORE_CONFIGURE_VTOM, 1, 0, 0), SVSM_SUCCESS);
	EXPECT_EQ(core(SVSM_CORE_REMAP_CA, 1, 0, 0), SVSM_ERR_INVALID_PARAMETER);
}

static void never_while_edited(void)
{
	host_order(HOSTILE_WATCH, 0, INSTRUCTIONS);
	do {
		calls();
	} while (host_answer(HOSTILE_WATCH_LEFT, 0));
	EXPECT_EQ(host_answer(HOSTILE_WATCH_CHANGED, 0), 0);
	EXPECT(host_answer(HOSTILE_WATCH_REFUSED, 0) > INSTRUCTIONS / 4);
	print("# %u of %u attempts were refused\n", host_answer(HOSTILE_WATCH_REFUSED, 0),
		INSTRUCTIONS);
}

static const struct test_case cases[] = {
	{"it cannot be run while its registers are read or written", never_while_edited},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
