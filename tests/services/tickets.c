/* SPDX-License-Identifier: MIT */
/*
 * A guest that calls the example service of docs/services.md: takes tickets, and has
 * them and forged ones checked.
 */
#include <string.h>

#include "check.h"
#include "console.h"
#include "guest.h"
#include "memory.h"
#include "services/example/tickets.h"
#include "svsm_call.h"

static uint8_t *buffer;

/* One call with @size bytes of request in the buffer; made again while it is not finished. */
static struct svsm_regs call(uint32_t number, uint32_t size)
{
	struct svsm_regs r = {
		.rax = svsm_function(TICKETS_PROTOCOL, number),
		.rcx = (uint64_t)buffer,
		.rdx = size,
		.r8 = PAGE_SIZE,
	};

	if (!svsm_call_done(&r, SVSM_BY_MSR))
		check_abort("the paravisor does not answer");
	return r;
}

static void take(struct ticket *ticket)
{
	struct svsm_regs r = call(TICKETS_TAKE, 0);

	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(r.rdx, sizeof(*ticket));
	memcpy(ticket, buffer, sizeof(*ticket));
	print("ticket %lu, %lu ms after the launch\n", ticket->number, ticket->milliseconds);
}

static uint64_t checked(const struct ticket *ticket)
{
	memcpy(buffer, ticket, sizeof(*ticket));
	return call(TICKETS_CHECK, sizeof(*ticket)).rax;
}

static void tickets(void)
{
	struct ticket first, second;

	take(&first);
	take(&second);
	EXPECT_EQ(first.number, 1);
	EXPECT_EQ(second.number, 2);
	EXPECT(second.milliseconds >= first.milliseconds);
	EXPECT(memcmp(first.code, second.code, sizeof(first.code)));
	EXPECT_EQ(checked(&first), SVSM_SUCCESS);
	EXPECT_EQ(checked(&second), SVSM_SUCCESS);
}

static void forgeries(void)
{
	struct ticket ticket;

	take(&ticket);
	ticket.code[0] ^= 1;
	EXPECT_EQ(checked(&ticket), TICKETS_ERR_FORGED);
	ticket.code[0] ^= 1;
	ticket.number = 99;
	EXPECT_EQ(checked(&ticket), TICKETS_ERR_FORGED);
	EXPECT_EQ(call(TICKETS_CHECK, 5).rax, SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(call(99, 0).rax, SVSM_ERR_UNSUPPORTED_CALL);
}

static void all_of_them(void)
{
	struct ticket ticket = {.number = 0};

	for (int i = 0; i < 100 && ticket.number < 100; i++)
		take(&ticket);
	EXPECT_EQ(call(TICKETS_TAKE, 0).rax, TICKETS_ERR_SOLD_OUT);
}

static const struct test_case cases[] = {
	{"tickets differ and are known again", tickets},
	{"forged tickets are refused", forgeries},
	{"there are a hundred", all_of_them},
};

void guest_main(void)
{
	buffer = page_alloc();
	EXPECT_EQ(svsm_query_protocol(TICKETS_PROTOCOL, 1), 1UL << 32 | 1);
	CHECK_RUN(cases);
}
