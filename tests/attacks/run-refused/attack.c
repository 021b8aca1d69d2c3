/* SPDX-License-Identifier: MIT */
/*
 * The host says that it has not run VMPL2, and has. Once the guest has run and
 * called, the paravisor wakes up with the answer that its own request to run the
 * guest was refused. Were it to serve something on that path, it would do so for
 * a vCPU that it believes has never left.
 *
 * It tells the host of the vCPU again and runs it; the call of that moment is
 * not served, and still pending when the guest looks, so that it can repeat it.
 */
#include "accomplice.h"

#include "cpu.h"

#define CALLS 40

static void repeats(void)
{
	uint32_t lost = 0;

	for (uint32_t i = 0; i < CALLS; i++) {
		struct svsm_regs r = {.rax = svsm_function(0, SVSM_CORE_QUERY_PROTOCOL), .rcx = 1};

		if (!svsm_call(&r, SVSM_BY_MSR)) {
			lost++;
			EXPECT_EQ(r.rcx, 1);
			EXPECT(svsm_call(&r, SVSM_BY_MSR));
		}
		EXPECT_EQ(r.rax, SVSM_SUCCESS);
		EXPECT_EQ(r.rcx, 1UL << 32 | 1);
	}
	EXPECT_EQ(lost, 1);
}

static const struct test_case cases[] = {
	{"one call of many has to be repeated", repeats},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
