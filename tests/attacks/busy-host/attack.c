/* SPDX-License-Identifier: MIT */
/*
 * A host that is always busy. It may put a guest message off, and the guest has
 * to try again with the same one. A paravisor that tried until it succeeds would
 * hold the guest's vCPU for as long as the host likes; one that gave up and
 * encrypted the next request under the same number would use an initialization
 * vector twice; one that threw its key away would let the host end attestation
 * by a pause.
 *
 * Each call comes back after one attempt; after many in a row the guest is told
 * that it is no use (once is enough for the guest's kernel to stop repeating the
 * call), and when the host has recovered the report comes. "rest=N": the host
 * is busy N times (hexadecimal) before each message that it carries; without it,
 * for ever.
 */
#include "accomplice.h"

#include "evidence.h"

#define IN_A_ROW 1000U

static struct evidence evidence;

static uint64_t one_call(void)
{
	struct svsm_regs r = evidence_registers(&evidence, SVSM_ATTEST_SERVICES);

	EXPECT(svsm_call(&r, SVSM_BY_MSR));
	if (r.rax == SVSM_SUCCESS)
		EXPECT(evidence_holds(&evidence, &r));
	else
		EXPECT(r.rdx == EVIDENCE_PRESET && r.r8 == EVIDENCE_PRESET);
	return r.rax;
}

/* How many calls in a row are answered BUSY; *@last is the answer of the one after them. */
static uint32_t busy_calls(uint64_t *last)
{
	uint32_t count = 0;

	while ((*last = one_call()) == SVSM_ERR_BUSY)
		count++;
	return count;
}

static void told_that_it_is_no_use(void)
{
	uint64_t last;

	for (uint32_t i = 0; i < 2; i++) {
		EXPECT_EQ(busy_calls(&last), IN_A_ROW - 1);
		EXPECT_EQ(last, SVSM_ERR_ATTEST_THROTTLED);
	}
	EXPECT(evidence_is_untouched(&evidence));
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

/* Some calls are over another nonce than the message that waits. */
static void served_when_it_recovers(void)
{
	uint64_t last;

	for (uint32_t i = 0; i < 3; i++) {
		evidence_prepare(&evidence);
		EXPECT_EQ(one_call(), SVSM_ERR_BUSY);
		evidence_prepare(&evidence);
		EXPECT(busy_calls(&last) >= word_number("rest"));
		EXPECT_EQ(last, SVSM_SUCCESS);
	}
}

static const struct test_case for_ever[] = {
	{"the guest is told that it is no use", told_that_it_is_no_use}};
static const struct test_case for_a_while[] = {
	{"reports come when the host has recovered", served_when_it_recovers}};

void guest_main(void)
{
	evidence_create(&evidence);
	evidence_prepare(&evidence);
	if (word_number("rest"))
		CHECK_RUN(for_a_while);
	CHECK_RUN(for_ever);
}
