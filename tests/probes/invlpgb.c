/* SPDX-License-Identifier: MIT */
/*
 * INVLPGB and TLBSYNC as a processor that offers them executes them, and as
 * one that does not ("off" on the command line).
 */
#include "check.h"
#include "guest.h"
#include "insn.h"
#include "memory.h"
#include "user.h"

#define LEAF_SIZES 0x80000008
#define INVLPGB_OFFERED BIT(3) /* EBX */

static bool off;

static void cpuid_tells(void)
{
	const struct snp_cpuid_entry *e = guest_cpuid_entry(LEAF_SIZES, 0);

	if (!EXPECT(e != NULL))
		return;
	EXPECT_EQ(e->ebx & INVLPGB_OFFERED, off ? 0 : INVLPGB_OFFERED);
	EXPECT(off ? e->edx == 0 : e->edx != 0); /* pages one instruction may name */
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

/* ECX counts pages beyond the first; more than CPUID allows is #GP. */
static void count(void)
{
	uint64_t most = off ? 0 : guest_cpuid_entry(LEAF_SIZES, 0)->edx & 0xffff;

	EXPECT_EQ(try_invlpgb(WINDOW_BASE | 1, most).vector, off ? VEC_UD : TRAP_NONE);
	EXPECT_EQ(try_invlpgb(WINDOW_BASE | 1, most + 1).vector, off ? VEC_UD : VEC_GP);
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
	CHECK_RUN(cases);
}
