/* SPDX-License-Identifier: MIT */
/*
 * False answers to the paravisor's messages. The host carries messages between
 * paravisor and secure processor, and can answer with what it likes: an old
 * answer, the one before, a changed or shortened one, none, an error. A paravisor
 * that took such an answer would hand out a report that is not over what was
 * asked; one that went on with the same key after a message was shown in vain
 * would sooner or later show two messages under one initialization vector.
 *
 * Every call ends with a report that is over its own nonce and manifest, or
 * without any. After the first false answer there is never a report again, and
 * the other calls are served as before. The word closed=N says which call, from
 * 0, is the first without; "any" that it may be any one, "open" none.
 */
#include "accomplice.h"

#include "cpu.h"
#include "evidence.h"

#define CALLS 4U

static struct evidence evidence;

static bool is_refused(const struct svsm_regs *r)
{
	return r->rax == SVSM_ERR_ATTEST_CLOSED && r->rdx == EVIDENCE_PRESET &&
	       r->r8 == EVIDENCE_PRESET && evidence_is_untouched(&evidence);
}

/* A report or none; true for a report. */
static bool one_call(uint32_t number)
{
	struct svsm_regs r;

	evidence_prepare(&evidence);
	r = evidence_call(&evidence, number % 2);
	if (r.rax == SVSM_SUCCESS)
		EXPECT(evidence_holds(&evidence, &r));
	else if (!EXPECT(is_refused(&r)))
		check_fail("call %u: %lx", number, r.rax);
	return r.rax == SVSM_SUCCESS;
}

static void calls(void)
{
	uint32_t closed = CALLS;

	for (uint32_t i = 0; i < CALLS; i++) {
		bool report = one_call(i);

		EXPECT(!report || closed == CALLS);
		if (!report && closed == CALLS)
			closed = i;
	}
	if (!guest_has_word("any"))
		EXPECT_EQ(closed, guest_has_word("open") ? CALLS : word_number("closed"));
}

static void others_are_served(void)
{
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_ATTEST, 1), 1UL << 32 | 1);
	EXPECT_EQ(core(SVSM_CORE_REMAP_CA, (uint64_t)cpu_self()->ca, 0, 0), SVSM_SUCCESS);
}

static const struct test_case cases[] = {
	{"each report is over its own call, and none comes after a false answer", calls},
	{"other calls are served", others_are_served},
};

void guest_main(void)
{
	evidence_create(&evidence);
	CHECK_RUN(cases);
}
