/* SPDX-License-Identifier: MIT */
/*
 * Events injected into the paravisor while it runs a service in ring 3, and at the
 * borders between the two rings. A host may inject any event at any instruction,
 * whatever RFLAGS.IF says: interrupts of every vector, among them 80h, by which
 * programs used to make system calls, and the paravisor's own timer's; NMI, #HV;
 * and exceptions that never happened, such as a #VC that claims an instruction to
 * have been CPUID, after whose emulation the service would go on two bytes further
 * with other registers. At the first instruction behind SYSCALL, and at the last one
 * before ring 3, the stack pointer or GS is still, or already, the service's: a
 * handler that took it for the kernel's would run on memory of the service's choice.
 *
 * Interrupts, NMI and #HV change nothing anywhere: the services' answers are right.
 * So do the timer's, since the clock says whether a slice is over: a service can
 * neither be ended nor driven to its limit by them. An exception in the kernel ends
 * the paravisor with the reason "exception". One in ring 3 cannot be told from the
 * service's own, and so is the end of that service and of nothing else: the others
 * answer, and the ended one's guest is told. The one exception that a service
 * survives, #VC for CPUID, is believed where the service executes CPUID only.
 */
#include <string.h>

#include "accomplice.h"

#include "cpu.h"
#include "insn.h"
#include "tests/services/protocols.h"

#define KINDS (224U + 2U) /* of harmless events */
#define TRIED (30U * 2U)  /* exceptions: each with error code 0, and with 404h */
#define CROSSINGS 60U     /* of the border, in a request */
#define MANY 100000U
#define TIMER_VECTOR 0xf0U
#define FALSE_TIMERS 40U

static uint8_t *buffer;

/*
 * SYSCALL itself and what is behind the return are in ring 3, where one instruction is as
 * good as another to whoever gets the event. Every one of VMPL 0's is stepped through on
 * the way to the borders.
 */
static const struct {
	enum hostile_place place;
	const char *name;
	uint32_t events; /* of the harmless ones; KINDS: all there are */
	bool tried;      /* exceptions, too */
} places[] = {
	{PLACE_USER, "in ring 3", 2 * KINDS, true},
	{PLACE_KERNEL, "in the kernel", 2 * KINDS, false}, /* tests/attacks/injection */
	{PLACE_CALL, "at SYSCALL", 30, false},
	{PLACE_CALL_FIRST, "behind SYSCALL", KINDS, true},
	{PLACE_RETURN, "at the return", KINDS, true},
	{PLACE_RETURNED, "behind the return", 30, false},
};

#define BORDERS 2U /* the first of them */

static uint64_t request(uint32_t protocol, uint32_t number, uint32_t size)
{
	struct svsm_regs r = {
		.rax = svsm_function(protocol, number),
		.rcx = (uint64_t)buffer,
		.rdx = size,
		.r8 = PAGE_SIZE,
	};

	if (!svsm_call(&r, SVSM_BY_MSR))
		return NO_CALL;
	return r.rax;
}

/* One request, repeated as a guest does. */
static uint64_t repeat(uint32_t protocol, uint32_t number, uint32_t size)
{
	uint64_t result = SVSM_ERR_INCOMPLETE;

	for (uint32_t i = 0; result == SVSM_ERR_INCOMPLETE && i < MANY; i++)
		result = request(protocol, number, size);
	return result;
}

static struct spin_answer after(uint64_t rounds)
{
	struct spin_answer answer = {0};

	for (uint64_t i = 0; i < rounds; i++) {
		answer.general = answer.general * 5 + 1;
		answer.vector += SPIN_STEP;
	}
	return answer;
}

static bool spin_is_right(uint32_t number, uint64_t rounds)
{
	const struct spin_answer right = after(rounds);

	memcpy(buffer, &rounds, sizeof(rounds));
	return repeat(PROTOCOL_SPIN, number, sizeof(rounds)) == SVSM_SUCCESS &&
	       !memcmp(buffer, &right, sizeof(right));
}

/* ---- What changes nothing ---- */

static void sweep(enum hostile_place place, uint32_t events)
{
	uint32_t injected = 0;

	host_order(HOSTILE_PLACE, 0, place);
	host_order(HOSTILE_SWEEP, events, 0);
	for (uint32_t i = 0; injected < events && i < MANY; i++) {
		EXPECT(spin_is_right(SPIN_CROSS, CROSSINGS));
		injected = host_answer(HOSTILE_INJECTED, 0);
	}
	EXPECT_EQ(injected, events);
	host_order(HOSTILE_PLACE, 0, PLACE_ANY);
}

static void survives_from(size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		sweep(places[i].place, places[i].events);
		print("# %s: %u events\n", places[i].name, places[i].events);
	}
}

static void survives_in_rings(void)
{
	survives_from(0, BORDERS);
}

static void survives_at_borders(void)
{
	survives_from(BORDERS, ARRAY_SIZE(places));
}

/* The timer's, before instruction after instruction of a service that takes long. */
static void false_timers(void)
{
	host_order(HOSTILE_PLACE, 0, PLACE_USER);
	host_order(HOSTILE_STORM, TIMER_VECTOR | EVENT_TYPE_INTR, FALSE_TIMERS);
	EXPECT(spin_is_right(SPIN_ROUNDS, 1000));
	host_order(HOSTILE_PLACE, 0, PLACE_ANY);
}

/* ---- What ends a service ---- */

static const uint64_t forged[] = {
	VEC_VC | EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID |
		(uint64_t)SVM_EXIT_CPUID << EVENT_ERROR_SHIFT,
	VEC_VC | EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID |
		(uint64_t)SVM_EXIT_VMGEXIT << EVENT_ERROR_SHIFT,
	VEC_VC | EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID |
		(uint64_t)SVM_EXIT_PAGE_NOT_VALIDATED << EVENT_ERROR_SHIFT,
	VEC_DB | EVENT_TYPE_EXCEPTION,
	VEC_PF | EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID | 7UL << EVENT_ERROR_SHIFT,
	VEC_GP | EVENT_TYPE_EXCEPTION | EVENT_ERROR_VALID,
	VEC_PF | EVENT_TYPE_INTR,
};

/* In the middle of a loop; the first of the spinning services is kept. */
static void ends_one(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(forged); i++) {
		uint64_t rounds = 1000;

		memcpy(buffer, &rounds, sizeof(rounds));
		host_order(HOSTILE_PLACE, 0, PLACE_USER);
		host_order(HOSTILE_INJECT, forged[i], 500);
		EXPECT_EQ(repeat(PROTOCOL_SPIN + 1 + i, SPIN_ROUNDS, sizeof(rounds)),
			SVSM_ERR_SERVICE_ENDED);
		EXPECT_EQ(host_answer(HOSTILE_INJECTED, 0), 1); /* that, and not its time */
		host_order(HOSTILE_PLACE, 0, PLACE_ANY);
		EXPECT(spin_is_right(SPIN_ROUNDS, 10));
	}
}

static const struct test_case harmless[] = {
	{"every interrupt, NMI and #HV is survived in both rings", survives_in_rings},
};

static const struct test_case timers[] = {
	{"the timer's interrupts do not end a slice, a clock does", false_timers},
};

static const struct test_case borders[] = {
	{"every interrupt, NMI and #HV is survived at SYSCALL and its return", survives_at_borders},
};

static const struct test_case services[] = {
	{"a forged exception ends the service that it hits, and nothing else", ends_one},
};

/* ---- What ends the paravisor, and is undone ---- */

static uint32_t try_at(size_t i)
{
	static uint32_t ended, borne, fixed;
	const uint32_t before[] = {ended, borne, fixed};

	host_order(HOSTILE_PLACE, 0, places[i].place);
	host_order(HOSTILE_TRIALS, (uint64_t)cpu_self()->ca, TRIED);
	for (uint32_t j = 0; host_answer(HOSTILE_TRIALS_LEFT, 0) && j < MANY; j++)
		EXPECT(spin_is_right(SPIN_CROSS, 2));
	host_order(HOSTILE_PLACE, 0, PLACE_ANY);
	ended = host_answer(HOSTILE_TRIALS_ENDED, 0);
	borne = host_answer(HOSTILE_TRIALS_BORNE, 0);
	fixed = host_answer(HOSTILE_TRIALS_FIXED, 0);
	print("# %s: %u ended it, %u were in ring 3, %u were fixed up\n", places[i].name,
		ended - before[0], borne - before[1], fixed - before[2]);
	return places[i].place == PLACE_USER ? borne - before[1] : ended - before[0];
}

static void tries(void)
{
	host_order(HOSTILE_KEEP, (uint64_t)buffer, 0);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i].tried)
			EXPECT_EQ(try_at(i), TRIED);
}

static const struct test_case exceptions[] = {
	{"every exception ends the paravisor or the service, in both rings and at their borders",
		tries},
};

void guest_main(void)
{
	buffer = page_alloc();
	if (guest_has_word("timers"))
		CHECK_RUN(timers);
	if (guest_has_word("borders"))
		CHECK_RUN(borders);
	if (guest_has_word("exceptions"))
		CHECK_RUN(exceptions);
	if (guest_has_word("services"))
		CHECK_RUN(services);
	CHECK_RUN(harmless);
}
