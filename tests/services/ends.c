/* SPDX-License-Identifier: MIT */
/*
 * Services end, in every way: which of them come back, as new, how often, and
 * what their callers are told meanwhile.
 */
#include <string.h>

#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "tests/services/protocols.h"
#include "tests/services/request.h"
#include "vmpl.h"

#define VERSIONS (1UL << 32 | 1)
#define RESTARTS 4U /* services/init/init.c */

/* By the names and the options of services.mk. */
#define RESTARTED PROTOCOL_MORTAL
#define RETIRED (PROTOCOL_MORTAL + 1)
#define ASKING (PROTOCOL_MORTAL + 2)
#define CONTENDED (PROTOCOL_MORTAL + 3)
#define LEFT_OUT (PROTOCOL_MORTAL + 4)

static struct mortal_state state_of(uint32_t protocol)
{
	struct svsm_regs r = request_settled(protocol, MORTAL_STATE, 0);
	struct mortal_state state;

	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(r.rdx, sizeof(state));
	memcpy(&state, request_buffer[cpu_self()->index], sizeof(state));
	return state;
}

static void end(uint32_t protocol, uint32_t way)
{
	struct svsm_regs r = request_settled(protocol, way, 1);

	EXPECT_EQ(r.rax, SVSM_ERR_SERVICE_ENDED);
}

static void comes_back_as_new(void)
{
	struct mortal_state first = state_of(RESTARTED), second = state_of(RESTARTED), again;

	EXPECT_EQ(first.calls, 1);
	EXPECT_EQ(first.dirt, 0);
	EXPECT_EQ(second.calls, 2);
	EXPECT_NE(second.dirt, 0);
	end(RESTARTED, MORTAL_CRASH);
	EXPECT_EQ(svsm_query_protocol(RESTARTED, 1), VERSIONS);
	again = state_of(RESTARTED);
	EXPECT_EQ(again.calls, 1);
	EXPECT_EQ(again.dirt, 0);
	EXPECT_NE(again.code, first.code);
	EXPECT_NE(again.stack, first.stack);
}

static void never_comes_back(void)
{
	EXPECT_EQ(state_of(RETIRED).calls, 1);
	end(RETIRED, MORTAL_CRASH);
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(svsm_query_protocol(RETIRED, 1), VERSIONS);
		end(RETIRED, MORTAL_STATE);
		EXPECT_NE(state_of(RESTARTED).calls, 0);
	}
}

/* One restart has been by now. */
static void not_for_ever(void)
{
	for (unsigned int i = 1; i < RESTARTS; i++) {
		end(RESTARTED, MORTAL_EXIT);
		EXPECT_EQ(state_of(RESTARTED).calls, 1);
	}
	end(RESTARTED, MORTAL_EXIT);
	EXPECT_EQ(request_settled(RESTARTED, MORTAL_STATE, 0).rax, SVSM_ERR_UNSUPPORTED_PROTOCOL);
	EXPECT_EQ(svsm_query_protocol(RESTARTED, 1), 0);
	end(RETIRED, MORTAL_STATE);
}

static void asks_too_much(void)
{
	static const uint32_t ways[RESTARTS] = {
		MORTAL_GREED, MORTAL_STACK, MORTAL_CALLS, MORTAL_EXIT};

	for (unsigned int i = 0; i < ARRAY_SIZE(ways); i++) {
		struct mortal_state state;

		end(ASKING, ways[i]);
		state = state_of(ASKING);
		EXPECT_EQ(state.calls, 1);
		EXPECT_EQ(state.dirt, 0);
	}
}

static void privileges(void)
{
	EXPECT_EQ(request_settled(CONTENDED, MORTAL_PRIVILEGES, 1).rax, SVSM_SUCCESS);
	EXPECT_EQ(request_buffer[0][0], 0);
}

static void left_out(void)
{
	for (uint32_t i = 0; i < 2; i++) {
		EXPECT_EQ(svsm_query_protocol(LEFT_OUT + i, 1), 0);
		EXPECT_EQ(
			request(LEFT_OUT + i, MORTAL_STATE, 0).rax, SVSM_ERR_UNSUPPORTED_PROTOCOL);
	}
	EXPECT_EQ(svsm_query_protocol(PROTOCOL_MORTAL + 9, 1), 0);
}

/* ---- Together ---- */

static uint32_t others_go_on;

static bool is_expected(uint64_t result)
{
	return result == SVSM_SUCCESS || result == SVSM_ERR_BUSY ||
	       result == SVSM_ERR_SERVICE_ENDED || result == SVSM_ERR_UNSUPPORTED_PROTOCOL;
}

static void keep_asking(void *arg)
{
	(void)arg;
	request_init();
	while (__atomic_load_n(&others_go_on, __ATOMIC_SEQ_CST)) {
		struct svsm_regs r = request(CONTENDED, MORTAL_STATE, 0);

		if (!is_expected(r.rax))
			check_fail("another vCPU is answered %lx", r.rax);
	}
}

static void crash_under_load(void)
{
	unsigned int crashed = 0;
	uint64_t result;

	__atomic_store_n(&others_go_on, 1, __ATOMIC_SEQ_CST);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, keep_asking, NULL));
	do {
		result = request(CONTENDED, MORTAL_CRASH, 1).rax;
		if (result == SVSM_SUCCESS || !is_expected(result))
			check_fail("a crash is answered %lx", result);
		crashed += result == SVSM_ERR_SERVICE_ENDED;
		pass_time(1000);
	} while (result != SVSM_ERR_UNSUPPORTED_PROTOCOL);
	__atomic_store_n(&others_go_on, 0, __ATOMIC_SEQ_CST);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_join(i));
	EXPECT_EQ(crashed, RESTARTS + 1);
	EXPECT_EQ(svsm_query_protocol(CONTENDED, 1), 0);
}

static const struct test_case cases[] = {
	{"a service that may be is started again, as new", comes_back_as_new},
	{"one that holds state is not, and found for good", never_comes_back},
	{"after four times it stays away", not_for_ever},
	{"too much memory, stack, wrong calls: the end", asks_too_much},
	{"classes that it was not granted", privileges},
	{"services whose file is missing or another; one that ends at once", left_out},
	{"a service that crashes while all vCPUs call it", crash_under_load},
};

void guest_main(void)
{
	request_init();
	CHECK_RUN(cases);
}
