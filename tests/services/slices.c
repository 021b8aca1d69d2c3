/* SPDX-License-Identifier: MIT */
/*
 * Requests that take longer than a slice, as the guest sees them: INCOMPLETE until
 * they are done, and what other calls get meanwhile; and services that never end
 * what they do, of which there is nothing left after their limit. With the word
 * "exact" under icount, where a nanosecond is an instruction.
 */
#include <string.h>

#include "call.h"
#include "console.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "nae.h"
#include "snp_guest.h"
#include "tests/services/protocols.h"
#include "vmpl.h"

#define SLICE 500000UL
#define LIMIT_SLICES 10U /* of those that may not take long */
/* Without icount the timer is late by what a busy host takes. */
#define ROUNDS (guest_has_word("exact") ? 1000000UL : 8000000UL)
#define INSTRUCTIONS (5 * ROUNDS)
#define MANY 20000U /* answers after which no other is to be hoped for */

#define LONG PROTOCOL_SPIN /* the one that may take long */

static uint8_t *buffer, *other_buffer;

static uint64_t request(uint32_t protocol, uint32_t number, uint8_t *at, uint32_t size)
{
	struct svsm_regs r = {
		.rax = svsm_function(protocol, number),
		.rcx = (uint64_t)at,
		.rdx = size,
		.r8 = PAGE_SIZE,
	};

	call(&r, SVSM_BY_MSR, OUT_RDX);
	return r.rax;
}

static uint64_t spin(uint8_t *at, uint64_t rounds)
{
	memcpy(at, &rounds, sizeof(rounds));
	return request(LONG, SPIN_ROUNDS, at, sizeof(rounds));
}

static uint64_t repeat(uint8_t *at)
{
	return request(LONG, SPIN_ROUNDS, at, 0);
}

/* The answer to the call, repeated until there is one; *@busy is how often there was BUSY. */
static uint64_t spin_until_done(uint8_t *at, uint64_t rounds, uint32_t *busy)
{
	uint64_t result = spin(at, rounds);

	*busy = 0;
	for (uint32_t i = 0; i < MANY; i++) {
		if (result != SVSM_ERR_INCOMPLETE && result != SVSM_ERR_BUSY)
			break;
		*busy += result == SVSM_ERR_BUSY;
		result = spin(at, rounds);
	}
	return result;
}

static void expect_answer(const uint8_t *at, uint64_t rounds)
{
	struct spin_answer got, wanted = {0};

	for (uint64_t i = 0; i < rounds; i++) {
		wanted.general = wanted.general * 5 + 1;
		wanted.vector += SPIN_STEP;
	}
	memcpy(&got, at, sizeof(got));
	EXPECT_EQ(got.general, wanted.general);
	EXPECT_EQ(got.vector, wanted.vector);
}

static void expect_echo(void)
{
	memset(other_buffer, 0, 8);
	EXPECT_EQ(request(PROTOCOL_ECHO, ECHO_CALL, other_buffer, 8), SVSM_SUCCESS);
	EXPECT_EQ(other_buffer[7], 0x20);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

/* ---- One vCPU ---- */

static void short_one(void)
{
	uint64_t result = spin(buffer, 10);

	if (guest_has_word("exact"))
		EXPECT_EQ(result, SVSM_SUCCESS);
	while (result == SVSM_ERR_INCOMPLETE)
		result = repeat(buffer);
	expect_answer(buffer, 10);
}

/* The command was copied: what stands there later is nobody's. */
static void long_one(void)
{
	uint64_t result = spin(buffer, ROUNDS);
	uint32_t count = 0;

	memset(buffer, 0xff, 16);
	while (result == SVSM_ERR_INCOMPLETE && count++ < MANY) {
		EXPECT_EQ(buffer[0], 0xff);
		result = repeat(buffer);
	}
	EXPECT_EQ(result, SVSM_SUCCESS);
	expect_answer(buffer, ROUNDS);
	print("# %u slices\n", count + 1);
	EXPECT(count >= 1);
	if (!guest_has_word("exact"))
		return;
	EXPECT(count >= INSTRUCTIONS / SLICE - 1);
	EXPECT(count <= INSTRUCTIONS / SLICE + 2);
}

static void others_go_on(void)
{
	uint64_t result = spin(buffer, ROUNDS);

	for (uint32_t i = 0; result == SVSM_ERR_INCOMPLETE && i < MANY; i++) {
		expect_echo();
		result = repeat(buffer);
	}
	EXPECT_EQ(result, SVSM_SUCCESS);
	expect_answer(buffer, ROUNDS);
}

static void refused_in_the_middle(void)
{
	uint64_t result;

	EXPECT_EQ(spin(buffer, ROUNDS), SVSM_ERR_INCOMPLETE);
	EXPECT_EQ(request(LONG, SPIN_ROUNDS, other_buffer, PAGE_SIZE + 1),
		SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(request(LONG, SPIN_ROUNDS, (uint8_t *)0xfc000000, 1), SVSM_ERR_INVALID_ADDRESS);
	do
		result = spin(buffer, 1);
	while (result == SVSM_ERR_INCOMPLETE);
	EXPECT_EQ(result, SVSM_SUCCESS);
	expect_answer(buffer, ROUNDS);
}

/* The first call is given up by the second one, which is BUSY until that is done. */
static void another_call_in_the_middle(void)
{
	uint32_t busy;

	EXPECT_EQ(spin(buffer, ROUNDS), SVSM_ERR_INCOMPLETE);
	memset(buffer, 0xff, 16);
	EXPECT_EQ(spin_until_done(other_buffer, 7, &busy), SVSM_SUCCESS);
	expect_answer(other_buffer, 7);
	EXPECT_EQ(buffer[0], 0xff);
	EXPECT(busy);
	if (guest_has_word("exact"))
		EXPECT(busy >= INSTRUCTIONS / SLICE - 2);
	EXPECT_EQ(spin_until_done(buffer, 9, &busy), SVSM_SUCCESS);
	expect_answer(buffer, 9);
	EXPECT_EQ(busy, 0);
}

static void ends(uint32_t protocol, uint32_t number)
{
	uint64_t result = request(protocol, number, buffer, 0);
	uint32_t count = 0;

	while (result == SVSM_ERR_INCOMPLETE && count++ < MANY)
		result = request(protocol, number, buffer, 0);
	EXPECT_EQ(result, SVSM_ERR_SERVICE_ENDED);
	EXPECT_EQ(count, LIMIT_SLICES - 1);
	EXPECT_EQ(request(protocol, SPIN_ROUNDS, buffer, 8), SVSM_ERR_SERVICE_ENDED);
	expect_echo();
}

static void without_end(void)
{
	ends(PROTOCOL_SPIN + 1, SPIN_FOR_EVER);
}

static void calls_without_end(void)
{
	ends(PROTOCOL_SPIN + 2, SPIN_CALLS);
}

/* What the kernel asked the host for last, perhaps to start the timer, must not be asked again. */
static void leaves_without_end(void)
{
	ends(PROTOCOL_SPIN + 4, SPIN_LEAVE);
}

/* It costs whoever calls its service next, and is the service's end all the same. */
static void given_up_without_end(void)
{
	const uint32_t protocol = PROTOCOL_SPIN + 3;
	uint64_t result;
	uint32_t count = 0;

	EXPECT_EQ(request(protocol, SPIN_FOR_EVER, buffer, 0), SVSM_ERR_INCOMPLETE);
	do
		result = request(protocol, SPIN_FOR_EVER, other_buffer, 0);
	while (result == SVSM_ERR_BUSY && count++ < MANY);
	EXPECT_EQ(result, SVSM_ERR_SERVICE_ENDED);
	EXPECT_EQ(count, LIMIT_SLICES - 1);
}

static void at_the_start(void)
{
	EXPECT_EQ(svsm_query_protocol(PROTOCOL_SPIN + SPIN_AT_START, 1), 0);
	EXPECT_EQ(request(PROTOCOL_SPIN + SPIN_AT_START, SPIN_ROUNDS, buffer, 8),
		SVSM_ERR_UNSUPPORTED_PROTOCOL);
}

/* ---- Two vCPUs ---- */

static uint64_t other_result;
static uint32_t other_busy;

static void make_a_call(void *arg)
{
	(void)arg;
	call_init();
	other_result = spin_until_done(other_buffer, 11, &other_busy);
}

static void another_is_busy(void)
{
	uint32_t busy;

	EXPECT_EQ(spin(buffer, ROUNDS), SVSM_ERR_INCOMPLETE);
	EXPECT(smp_start(1, make_a_call, NULL));
	pass_time(1UL << 22);
	EXPECT_EQ(spin_until_done(buffer, 1, &busy), SVSM_SUCCESS);
	expect_answer(buffer, ROUNDS);
	EXPECT(smp_join(1));
	EXPECT_EQ(other_result, SVSM_SUCCESS);
	EXPECT(other_busy);
	expect_answer(other_buffer, 11);
}

static void begin_a_call(void *arg)
{
	(void)arg;
	call_init();
	other_result = spin(other_buffer, ROUNDS);
}

static void delete_other(void)
{
	uint64_t result, start = rdtsc();
	struct nae n;

	nae_ap_creation(&n, AP_DESTROY, guest.vmpl, guest.apic_id[1], 0, 0);
	EXPECT_EQ((uint32_t)n.info1, GHCB_RESULT_OK);
	do
		result = core(SVSM_CORE_DELETE_VCPU, (uint64_t)smp_vmsa(1), 0, 0);
	while (result != SVSM_SUCCESS && rdtsc() - start < 1UL << 35);
	EXPECT_EQ(result, SVSM_SUCCESS);
}

/* As long as the vCPU is there, its call holds the service; then it is finished for nobody. */
static void deleted_in_the_middle(void)
{
	uint32_t busy;

	EXPECT(smp_start(1, begin_a_call, NULL));
	EXPECT(smp_join(1));
	EXPECT_EQ(other_result, SVSM_ERR_INCOMPLETE);
	memset(other_buffer, 0xff, 16);
	for (uint32_t i = 0; i < 30; i++)
		EXPECT_EQ(spin(buffer, 13), SVSM_ERR_BUSY);
	delete_other();
	EXPECT_EQ(spin_until_done(buffer, 13, &busy), SVSM_SUCCESS);
	EXPECT(busy);
	expect_answer(buffer, 13);
	EXPECT_EQ(other_buffer[0], 0xff);
}

static const struct test_case alone[] = {
	{"a short request", short_one},
	{"a long one is INCOMPLETE until it is done", long_one},
	{"other services and the core protocol go on meanwhile", others_go_on},
	{"what is refused in the middle changes nothing", refused_in_the_middle},
	{"another call in the middle gives the first one up", another_call_in_the_middle},
	{"an endless loop ends its service, after its limit", without_end},
	{"so do system calls without end", calls_without_end},
	{"and leaving to the host without end", leaves_without_end},
	{"and a call that was given up", given_up_without_end},
	{"a service that never begins to serve is none", at_the_start},
};

static const struct test_case together[] = {
	{"the service is BUSY for another vCPU meanwhile", another_is_busy},
	{"a vCPU is deleted in the middle of its call", deleted_in_the_middle},
};

void guest_main(void)
{
	call_init();
	buffer = page_alloc();
	other_buffer = page_alloc();
	RUN_CASES(alone, together);
}
