/* SPDX-License-Identifier: MIT */
/*
 * The guest that a hostile service (service.c tells what it does) has been called by.
 * Of the ways out that must end it, "@first=N" makes ten from the Nth on, by a service
 * each; after every one, the guest's own memory and registers, another service and the
 * paravisor must be as before.
 */
#include <string.h>

#include "accomplice.h"
#include "tests/attacks/hostile-service/tries.h"
#include "tests/services/protocols.h"

#define HOSTILES 10U
#define TRY_TEXT(name, text) text,
#define SWEPT_BY 1U /* the service for what must only be refused */

static const char *const texts[] = {TRY_FATAL(TRY_TEXT)};
static uint8_t *buffer, *watched;

static struct svsm_regs request(uint32_t protocol, uint32_t number, uint64_t payload)
{
	struct svsm_regs r = {
		.rax = svsm_function(protocol, number),
		.rcx = (uint64_t)buffer,
		.rdx = sizeof(payload),
		.r8 = PAGE_SIZE,
	};
	const uint64_t function = r.rax;

	memcpy(buffer, &payload, sizeof(payload));
	do { /* a slow machine may make slices of it */
		r.rax = function;
		EXPECT(svsm_call(&r, SVSM_BY_MSR));
	} while (r.rax == SVSM_ERR_INCOMPLETE);
	return r;
}

/* The echo answers what it is asked and still knows where it is. */
static uint64_t where_echo_is(void)
{
	struct svsm_regs r = request(PROTOCOL_ECHO, ECHO_WHERE, 0);
	uint64_t where;

	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	memcpy(&where, buffer, sizeof(where));
	return where;
}

static void all_is_well(void)
{
	struct svsm_regs r = request(PROTOCOL_ECHO, ECHO_CALL, 0x1122334455667788);
	uint64_t answer;

	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	memcpy(&answer, buffer, sizeof(answer));
	EXPECT_EQ(answer, 0x1122334455667788 ^ 0x2020202020202020);
	EXPECT(pattern_holds(watched));
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

static uint64_t target_of(uint32_t number)
{
	if (number == TRY_READ_SERVICE || number == TRY_WRITE_SERVICE)
		return where_echo_is();
	return (uint64_t)watched;
}

/* Ends it for good. */
static void ends(uint32_t service, uint32_t number)
{
	uint32_t protocol = PROTOCOL_HOSTILE + service;

	if (request(protocol, number, target_of(number)).rax != SVSM_ERR_SERVICE_ENDED)
		check_fail("not the service's end: %s", texts[number]);
	EXPECT_EQ(request(protocol, TRY_STATE, 0).rax, SVSM_ERR_SERVICE_ENDED);
	all_is_well();
}

static void fatal(void)
{
	uint32_t first = (uint32_t)word_number("first");

	for (uint32_t i = 0; i < HOSTILES && first + i < TRY_FATAL_COUNT; i++)
		ends(i, first + i);
	EXPECT(first < TRY_FATAL_COUNT);
}

static void refuses(uint32_t number)
{
	for (int i = 0; i < 2; i++) {
		struct svsm_regs r = request(PROTOCOL_HOSTILE + SWEPT_BY, number, 0);

		EXPECT_EQ(r.rax, SVSM_SUCCESS);
		EXPECT_EQ(r.rdx, 1);
		EXPECT_EQ(buffer[0], 0);
		all_is_well();
	}
}

static void pointers(void)
{
	refuses(TRY_POINTERS);
}

static void memory(void)
{
	refuses(TRY_MEMORY);
}

static void sweep(void)
{
	refuses(TRY_SWEEP);
}

static void state(void)
{
	refuses(TRY_STATE);
}

static void vmgexit(void)
{
	refuses(TRY_VMGEXIT);
}

static const struct test_case fatal_cases[] = {
	{"ways out of ring 3 end the service and nothing else", fatal},
};

static const struct test_case refused_cases[] = {
	{"wrong pointers, sizes and numbers of system calls", pointers},
	{"memory that it may not have, and all that it may", memory},
	{"flags, selectors and stacks change nothing", state},
	{"VMGEXIT in ring 3 makes the host do nothing again", vmgexit},
	{"every system call with every kind of argument", sweep},
};

void guest_main(void)
{
	buffer = page_alloc();
	watched = page_alloc();
	pattern_fill(watched);
	if (guest_has_word("refused"))
		CHECK_RUN(refused_cases);
	CHECK_RUN(fatal_cases);
}
