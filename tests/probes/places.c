/* SPDX-License-Identifier: MIT */
/*
 * The hostile host's places (HOSTILE_PLACE): an event comes where it was ordered, in ring
 * 3, in the kernel and on the borders between them. This guest is VMPL 0 and orders for
 * itself. 1 vCPU, --host hostile; --option inject-at=user with --option inject=EVENT.
 */
#include "../machine/host/hostile_ports.h"
#include "check.h"
#include "cpu.h"
#include "guest.h"
#include "insn.h"
#include "nae.h"
#include "system_call.h"

#define VECTOR 0x80
#define EVENT (VECTOR | EVENT_TYPE_INTR)
#define OTHER 0x81
#define OPTION_VECTOR 0x82
#define MOST 64

/* Where the events came: all that were, and their RIP and CS as long as there is room. */
static uint32_t count;
static uint64_t rips[MOST], selectors[MOST];

/* On any stack and with either GS. */
static bool on_event(struct trap_frame *f)
{
	if (count < MOST) {
		rips[count] = f->rip;
		selectors[count] = f->cs;
	}
	count++;
	return true;
}

static void order(uint32_t command, uint64_t arg0, uint32_t arg1)
{
	nae_port_out(HOSTILE_PORT_ARG0_LOW, 4, (uint32_t)arg0);
	nae_port_out(HOSTILE_PORT_ARG0_HIGH, 4, (uint32_t)(arg0 >> 32));
	nae_port_out(HOSTILE_PORT_ARG1, 4, arg1);
	nae_port_out(HOSTILE_PORT_COMMAND, 4, command);
}

USER_CODE(three_calls, "nop; nop; movl $1, %eax; syscall; movl $1, %eax; syscall; nop;"
		       "xorl %eax, %eax; syscall");
#define FIRST_CALL 7 /* offsets of the first SYSCALL, and of what follows the calls */
#define AFTER_FIRST (FIRST_CALL + 2)
#define AFTER_SECOND (AFTER_FIRST + 7)

/* One event, @after instructions of that place. */
static void inject(enum hostile_place place, uint64_t rip, uint32_t after)
{
	count = 0;
	order(HOSTILE_PLACE, rip, place);
	order(HOSTILE_INJECT, EVENT, after);
	SYSTEM_CALL_RUN(three_calls, RFLAGS_FIXED | RFLAGS_IF);
	order(HOSTILE_PLACE, 0, PLACE_ANY);
	EXPECT_EQ(system_calls, 3);
	EXPECT_EQ(count, 1);
}

static void expect_at(uint64_t rip, uint64_t selector)
{
	EXPECT_EQ(rips[0], rip);
	EXPECT_EQ(selectors[0], selector);
}

static void first(void)
{
	trap_handle(VECTOR, on_event);
	trap_handle(OTHER, on_event);
	trap_handle(OPTION_VECTOR, on_event);
	system_call_prepare();
	SYSTEM_CALL_RUN(three_calls, RFLAGS_FIXED);
	EXPECT_EQ(count, 1); /* ordered on the command line */
	expect_at(system_call_code_va, SELECTOR_USER_CODE);
}

static void in_ring_3(void)
{
	inject(PLACE_USER, 0, 0);
	expect_at(system_call_code_va, SELECTOR_USER_CODE);
	inject(PLACE_USER, 0, 1);
	expect_at(system_call_code_va + 1, SELECTOR_USER_CODE);
	inject(PLACE_USER, 0, 4); /* behind the kernel's share */
	expect_at(system_call_code_va + AFTER_FIRST, SELECTOR_USER_CODE);
}

static void in_kernel(void)
{
	inject(PLACE_KERNEL, 0, 0);
	EXPECT_EQ(selectors[0], SELECTOR_CODE);
	inject(PLACE_RIP, (uint64_t)system_call_entry + 3, 0); /* behind SWAPGS */
	expect_at((uint64_t)system_call_entry + 3, SELECTOR_CODE);
}

static void entry(void)
{
	inject(PLACE_CALL, 0, 0);
	expect_at(system_call_code_va + FIRST_CALL, SELECTOR_USER_CODE);
	inject(PLACE_CALL_FIRST, 0, 0);
	expect_at((uint64_t)system_call_entry, SELECTOR_CODE);
}

static void leaving(void)
{
	inject(PLACE_RETURN, 0, 0);
	expect_at((uint64_t)system_call_leave, SELECTOR_CODE);
	inject(PLACE_RETURN, 0, 1);
	expect_at((uint64_t)system_call_return, SELECTOR_CODE);
	inject(PLACE_RETURNED, 0, 0);
	expect_at(system_call_code_va, SELECTOR_USER_CODE);
	inject(PLACE_RETURNED, 0, 2);
	expect_at(system_call_code_va + AFTER_SECOND, SELECTOR_USER_CODE);
}

/* Events of a sweep, each at the next instruction of the place. */
static void sweep(enum hostile_place place, uint32_t events)
{
	count = 0;
	order(HOSTILE_PLACE, 0, place);
	order(HOSTILE_SWEEP, events, 0);
	SYSTEM_CALL_RUN(three_calls, RFLAGS_FIXED | RFLAGS_IF);
	order(HOSTILE_PLACE, 0, PLACE_ANY);
	EXPECT_EQ(system_calls, 3);
	EXPECT_EQ(count, events);
}

static void sweeps(void)
{
	for (uint32_t i = VEC_FIRST_EXTERNAL; i < 256; i++)
		trap_handle(i, on_event);
	sweep(PLACE_CALL_FIRST, 3);
	EXPECT_EQ(rips[0], (uint64_t)system_call_entry);
	EXPECT_EQ(rips[2], (uint64_t)system_call_entry);
	sweep(PLACE_RETURN, 3);
	EXPECT_EQ(rips[0], (uint64_t)system_call_leave);
	EXPECT_EQ(rips[2], (uint64_t)system_call_return);
	sweep(PLACE_USER, 9);
	for (uint32_t i = 0; i < 9; i++)
		EXPECT_EQ(selectors[i], SELECTOR_USER_CODE);
}

static const struct test_case cases[] = {
	{"by the command line, in ring 3", first},
	{"in ring 3", in_ring_3},
	{"in the kernel, and at an address", in_kernel},
	{"at SYSCALL, and at what it leads to", entry},
	{"at SYSRET, and at what it leads to", leaving},
	{"a sweep, at each of the instructions of a place", sweeps},
};

void guest_main(void)
{
	CHECK_RUN(cases);
}
