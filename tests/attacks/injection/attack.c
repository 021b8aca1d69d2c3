/* SPDX-License-Identifier: MIT */
/*
 * Events injected into the paravisor. Without restricted injection a host may
 * inject any event at VMPL0 before any instruction, whatever RFLAGS.IF says:
 * interrupts of every vector, NMI, #HV; and exceptions that never happened, with
 * or without an error code, such as a #VC that claims a page to be unvalidated
 * or an instruction to want the host's answer. A handler that believed one would
 * take the host's word for the processor's.
 *
 * Interrupts, NMI and #HV change nothing at any instruction: the calls have
 * their results. A forged exception ends the run with the reason "exception",
 * but for a fault that is claimed at one of the instructions that touch guest
 * memory: that call is then not served or fails, as if the page were not there.
 * Interrupts without end fill the stack up to its guard page, which ends the run.
 */
#include "accomplice.h"

#include "cpu.h"
#include "evidence.h"

#define KINDS (224U + 2U)       /* of harmless events */
#define SWEPT (50U * KINDS)     /* one before each instruction */
#define TRIALS (15U * 30U * 7U) /* 15 times all vectors in all forms */

static uint8_t *pages;

/* Calls of several kinds; each must do what it does without interrupts. */
static void calls(void)
{
	uint64_t at = (uint64_t)pages;

	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
	EXPECT_EQ(pvalidate_entry(at | RESCIND), SVSM_SUCCESS);
	EXPECT_EQ(pvalidate_entry(at | RESCIND), SVSM_ERR_PVALIDATE_NO_CHANGE);
	EXPECT_EQ(pvalidate_entry(at | VALIDATE), SVSM_SUCCESS);
	EXPECT(page_is_zero(pages));
	pattern_fill(pages);
	EXPECT_EQ(core(SVSM_CORE_REMAP_CA, at | 8, 0, 0), SVSM_ERR_INVALID_PARAMETER);
}

static void survives(void)
{
	uint32_t injected;

	host_order(HOSTILE_SWEEP, SWEPT, 1);
	do {
		calls();
		injected = host_answer(HOSTILE_INJECTED, 0);
	} while (injected < SWEPT);
	print("# %u events survived\n", injected);
}

/* Vector registers hold what a report's message is made of, for many instructions. */
static void survives_reports(void)
{
	static struct evidence evidence;
	uint32_t reports = 0;

	evidence_create(&evidence);
	host_order(HOSTILE_SWEEP, SWEPT, 7);
	do {
		struct svsm_regs r;

		evidence_prepare(&evidence);
		r = evidence_call(&evidence, reports++ % 2);
		EXPECT(evidence_holds(&evidence, &r));
	} while (host_answer(HOSTILE_INJECTED, 0) < SWEPT);
	print("# %u reports among them\n", reports);
}

static void ends(void)
{
	uint32_t fixed, ended, unserved = 0;

	host_order(HOSTILE_TRIALS, (uint64_t)cpu_self()->ca, TRIALS);
	while (host_answer(HOSTILE_TRIALS_LEFT, 0)) {
		uint64_t answer = svsm_query_protocol(SVSM_PROTOCOL_CORE, 1);

		unserved += answer == NO_CALL;
		EXPECT(answer == NO_CALL || answer == (1UL << 32 | 1));
	}
	fixed = host_answer(HOSTILE_TRIALS_FIXED, 0);
	ended = host_answer(HOSTILE_TRIALS_ENDED, 0);
	print("# %u exceptions ended it, %u were fixed up, %u calls not served\n", ended, fixed,
		unserved);
	EXPECT_EQ(ended + fixed, TRIALS);
	EXPECT_EQ(unserved, fixed);
	EXPECT(fixed < TRIALS / 100);
}

static const struct test_case harmless[] = {
	{"every interrupt, NMI and #HV is survived at many instructions", survives},
	{"and while reports are made", survives_reports},
};

static const struct test_case exceptions[] = {
	{"every exception ends it at many instructions", ends},
};

static void must_not_survive(enum hostile_command command, uint64_t event, uint64_t number)
{
	host_order(command, event, (uint32_t)number);
	for (uint32_t i = 0; i < 10; i++)
		calls();
	check_abort("event %lx was survived", event);
}

void guest_main(void)
{
	pages = page_alloc();
	if (word_number("storm"))
		must_not_survive(HOSTILE_STORM, word_number("storm"), 1000);
	if (word_number("event"))
		must_not_survive(HOSTILE_INJECT, word_number("event"), word_number("steps"));
	if (guest_has_word("exceptions"))
		CHECK_RUN(exceptions);
	CHECK_RUN(harmless);
}
