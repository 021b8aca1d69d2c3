/* SPDX-License-Identifier: MIT */
/*
 * Services in ring 3 as the guest sees them: the echo and the libc's self-test.
 * Hostile ones are in tests/attacks/hostile-service.
 */
#include <string.h>

#include "check.h"
#include "guest.h"
#include "memory.h"
#include "snp_guest.h"
#include "tests/services/protocols.h"
#include "tests/services/request.h"


#define buffer (request_buffer[0])

static void echoes(uint32_t number, uint32_t size)
{
	struct svsm_regs r;

	for (uint32_t i = 0; i < PAGE_SIZE; i++)
		buffer[i] = (uint8_t)i;
	r = request(PROTOCOL_ECHO, number, size);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(r.rdx, size);
	for (uint32_t i = 0; i < PAGE_SIZE; i++)
		if (buffer[i] != (uint8_t)(i ^ (i < size ? 0x20 : 0))) {
			EXPECT_EQ(i, PAGE_SIZE);
			break;
		}
}

static void echo(void)
{
	static const uint32_t sizes[] = {0, 1, 7, 8, 4095, 4096};

	EXPECT_EQ(svsm_query_protocol(PROTOCOL_ECHO, 1), 1UL << 32 | 1);
	EXPECT_EQ(svsm_query_protocol(PROTOCOL_ECHO, 2), 0);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		echoes(ECHO_CALL, sizes[i]);
}

/* call() compares the guest's own registers. */
static void vectors(void)
{
	echoes(ECHO_VECTORS, 16);
}

static void refusals(void)
{
	struct svsm_regs r = request(PROTOCOL_ECHO, 99, 8);

	EXPECT_EQ(r.rax, SVSM_ERR_UNSUPPORTED_CALL);
	r = request(PROTOCOL_ECHO, ECHO_CALL, 4097);
	EXPECT_EQ(r.rax, SVSM_ERR_INVALID_PARAMETER);
	r = request(SVSM_PROTOCOL_OWN + 0x150, 1, 0);
	EXPECT_EQ(r.rax, SVSM_ERR_UNSUPPORTED_PROTOCOL);
}

static void platform(void)
{
	struct svsm_regs r = request(PROTOCOL_ECHO, ECHO_PLATFORM, 0);
	const struct snp_report *report = (const void *)buffer;

	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(r.rdx, sizeof(*report));
	EXPECT_EQ(report->vmpl, 0);
}

static void libc(void)
{
	for (int i = 0; i < 3; i++) {
		struct svsm_regs r = request(PROTOCOL_LIBC, 1, 0);

		EXPECT_EQ(r.rax, SVSM_SUCCESS);
		EXPECT_EQ(r.rdx, 1);
		EXPECT_EQ(buffer[0], 0);
	}
}

static const struct test_case cases[] = {
	{"an echo of every size", echo},
	{"the guest's vector registers are its own", vectors},
	{"what is refused", refusals},
	{"clock, seed and a report", platform},
	{"the libc tests itself", libc},
};

/* With "alone", all other services were left out. */
static const struct test_case echo_cases[] = {
	{"an echo of every size", echo},
	{"what is refused", refusals},
};

void guest_main(void)
{
	request_init();
	if (guest_has_word("alone"))
		CHECK_RUN(echo_cases);
	CHECK_RUN(cases);
}
