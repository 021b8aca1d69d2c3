/* SPDX-License-Identifier: MIT */
/*
 * INVLPGB and TLBSYNC as a processor that has them executes them, and as one
 * that does not ("off" on the command line). Under KVM and QEMU CPUID tells
 * less than the processor can: no count, or nothing at all ("hidden"); other
 * hosts tell all ("counted").
 */
#include "check.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "user.h"

#define LEAF_SIZES 0x80000008
#define INVLPGB_OFFERED BIT(3) /* EBX */
#define EXTRA_PAGES 7          /* what processors take beyond the first page */

static bool off, hidden, counted;

static void cpuid_tells(void)
{
	const struct snp_cpuid_entry *e = guest_cpuid_entry(LEAF_SIZES, 0);

	if (!EXPECT(e != NULL))
		return;
	EXPECT_EQ(e->ebx & INVLPGB_OFFERED, off || hidden ? 0 : INVLPGB_OFFERED);
	EXPECT_EQ(e->edx & 0xffff, counted ? EXTRA_PAGES : 0);
}

static struct trap try_invlpgb(uint64_t rax, uint64_t rcx)
{
	return TRY(INSN_INVLPGB, : "a"(rax), "c"(rcx), "d"(0UL) : "memory");
}

static struct trap try_tlbsync(void)
{
	return TRY(INSN_TLBSYNC, : : "memory");
}

static void ring0(void)
{
	uint32_t wanted = off ? VEC_UD : TRAP_NONE;

	EXPECT_EQ(try_invlpgb(1, 0).vector, wanted);
	EXPECT_EQ(try_invlpgb(WINDOW_BASE | 1, 3).vector, wanted);
	EXPECT_EQ(try_tlbsync().vector, wanted);
}

/* ECX counts pages beyond the first; the processor's own limit holds, not what CPUID tells. */
static void count(void)
{
	EXPECT_EQ(try_invlpgb(WINDOW_BASE | 1, EXTRA_PAGES).vector, off ? VEC_UD : TRAP_NONE);
	EXPECT_EQ(try_invlpgb(WINDOW_BASE | 1, EXTRA_PAGES + 1).vector, off ? VEC_UD : VEC_GP);
}

USER_CODE(user_invlpgb, "xorl %eax, %eax; xorl %ecx, %ecx; xorl %edx, %edx;" INSN_INVLPGB "; int3");
USER_CODE(user_tlbsync, INSN_TLBSYNC "; int3");

static void ring3(void)
{
	uint32_t wanted = off ? VEC_UD : VEC_GP;

	EXPECT_EQ(USER_RUN(user_invlpgb, 0).vector, wanted);
	EXPECT_EQ(USER_RUN(user_tlbsync, 0).vector, wanted);
}

static const struct test_case cases[] = {
	{"CPUID says whether there is INVLPGB", cpuid_tells},
	{"ring 0", ring0},
	{"the number of pages", count},
	{"ring 3", ring3},
};

void guest_main(void)
{
	off = guest_has_word("off");
	hidden = guest_has_word("hidden");
	counted = guest_has_word("counted");
	CHECK_RUN(cases);
}
