/* SPDX-License-Identifier: MIT */
/*
 * The paravisor's GHCB registered by the guest. A GHCB is shared memory: the
 * host knows where the paravisor's is, tells the guest, and lets it register the
 * page as its own, write to it, and use it for its requests, so that requests
 * and answers of the two mix. Or the guest has the page made private.
 *
 * The paravisor believes no more of its GHCB than of the host: it sets up each
 * request anew and reads from the answer only what that request can have; an
 * answer that was overwritten it takes for a lie of the host's. The page stays
 * its own: no call changes it.
 */
#include "accomplice.h"

#include <string.h>

#include "cpu.h"
#include "insn.h"
#include "nae.h"

static uint64_t foreign, own_gpa;

static void served(void)
{
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

static void is_told(void)
{
	own_gpa = cpu_self()->ghcb_gpa;
	foreign = (uint64_t)host_answer(HOSTILE_GHCB_PAGE, 0) << PAGE_SHIFT;
	EXPECT(foreign >= guest.secrets->svsm_base &&
		foreign < guest.secrets->svsm_base + guest.secrets->svsm_size);
}

/* All but what makes the answer to the paravisor's last request one. */
static void scribbles(void)
{
	struct ghcb *g = shared_view(foreign);

	for (uint32_t i = 0; i < 256; i++) {
		uint64_t result = g->sw_exit_info1, valid = g->valid_bitmap[1];

		memset(g, (int)i, PAGE_SIZE);
		g->sw_exit_info1 = result;
		g->valid_bitmap[1] = valid;
		served();
	}
}

static void scribbles_over_the_answer(void)
{
	is_told();
	memset(shared_view(foreign), 0xff, PAGE_SIZE);
	served();
	check_abort("the paravisor took 0xffffffff for a result");
}

static void registers(void)
{
	EXPECT(ghcb_use(foreign));
	for (uint32_t i = 0; i < 50; i++) {
		struct svsm_regs r = {.rax = svsm_function(0, SVSM_CORE_QUERY_PROTOCOL), .rcx = 1};

		EXPECT(svsm_call(&r, SVSM_BY_NAE));
		EXPECT_EQ(r.rcx, 1UL << 32 | 1);
		nae_features();
		served();
	}
	EXPECT(ghcb_use(own_gpa));
}

static void converts(void)
{
	EXPECT_EQ(pvalidate_entry(foreign | VALIDATE), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(pvalidate_entry(foreign | RESCIND), SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(core(SVSM_CORE_REMAP_CA, foreign, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	served();
}

static const struct test_case cases[] = {
	{"the host tells where the paravisor's GHCB is", is_told},
	{"the guest writes to it between the calls", scribbles},
	{"the guest registers it and makes its requests with it", registers},
	{"it cannot be made the guest's", converts},
};

void guest_main(void)
{
	if (guest_has_word("scribble"))
		scribbles_over_the_answer();
	CHECK_RUN(cases);
}
