/* SPDX-License-Identifier: MIT */
/*
 * The paravisor entered without a call. The host runs VMPL0 when the guest has
 * asked it for something else, with registers that happen to look like a call,
 * or after an exit that was no request at all, such as a halt in the moment
 * after the guest has marked its call as pending and before it leaves. Serving
 * it would let the host choose when, and with what, the guest calls.
 *
 * A call is served if the vCPU left by VMGEXIT and its calling area says that
 * one is pending, else nothing is changed and the guest runs on.
 */
#include "accomplice.h"

#include <string.h>

#include "cpu.h"
#include "insn.h"
#include "nae.h"

static uint8_t *page;
static struct svsm_pvalidate_list *list;

/* A call that would show: it rescinds a page. */
static struct svsm_regs harmful(void)
{
	page = page_alloc();
	pattern_fill(page);
	list = page_alloc();
	list->num_entries = 1;
	list->entries[0] = (uint64_t)page | RESCIND;
	return (struct svsm_regs){
		.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_PVALIDATE),
		.rcx = (uint64_t)list,
		.rdx = 3,
		.r8 = 4,
		.r9 = 5,
	};
}

static void not_served(const struct svsm_regs *now, const struct svsm_regs *before)
{
	EXPECT(!memcmp(now, before, sizeof(*now)));
	EXPECT(pattern_holds(page));
	EXPECT_EQ(list->next, 0);
}

/* By the guest's own wish, but nothing is pending. */
static void nothing_pending(void)
{
	struct svsm_regs r = harmful(), before = r;

	EXPECT(svsm_call_raw(&r, SVSM_BY_MSR));
	not_served(&r, &before);
	EXPECT(svsm_call_raw(&r, SVSM_BY_NAE));
	not_served(&r, &before);
}

/* The host enters VMPL 0 instead of answering an event. */
static void instead_of_an_answer(void)
{
	struct svsm_regs r = harmful(), before = r;

	host_order(HOSTILE_SPURIOUS, 0, 0);
	EXPECT(svsm_call_raw(&r, SVSM_BY_NAE));
	not_served(&r, &before);
}

/* HLT with the call's registers, and the call pending. */
static void halt_with(struct svsm_regs *r)
{
	register uint64_t r8 __asm__("r8") = r->r8;
	register uint64_t r9 __asm__("r9") = r->r9;

	__asm__ volatile("hlt"
			 : "+a"(r->rax), "+c"(r->rcx), "+d"(r->rdx), "+r"(r8), "+r"(r9)
			 :
			 : "memory");
	r->r8 = r8;
	r->r9 = r9;
}

static void after_a_halt(void)
{
	struct svsm_regs r = harmful(), before = r;
	struct svsm_ca *area = cpu_self()->ca;

	host_order(HOSTILE_SPURIOUS_HALT, 0, 0);
	area->call_pending = 1;
	halt_with(&r);
	EXPECT_EQ(area->call_pending, 1);
	area->call_pending = 0;
	not_served(&r, &before);
	EXPECT_EQ(host_answer(HOSTILE_SPURIOUS_COUNT, 0), 2);
}

static void served_when_meant(void)
{
	struct svsm_regs r = harmful();

	EXPECT(svsm_call(&r, SVSM_BY_MSR));
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT_EQ(list->next, 1);
}

static const struct test_case cases[] = {
	{"nothing is pending", nothing_pending},
	{"the host does not answer but enters VMPL0", instead_of_an_answer},
	{"a call is pending, but the guest halted", after_a_halt},
	{"the same call is served when it is meant", served_when_meant},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
