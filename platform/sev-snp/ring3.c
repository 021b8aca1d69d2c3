/* SPDX-License-Identifier: MIT */
/*
 * What ring 3 has of the processor: CPUID as services see it, the barrier for the
 * branch predictor between two of them, and a GHCB with which they can do nothing.
 */
#include "ghcb.h"
#include "kernel/extable.h"
#include "platform.h"
#include "platform/sev-snp/cpuid.h"
#include "platform/sev-snp/ghcb_page.h"
#include "x86.h"

/* ---- CPUID ---- */

#define LEAF_LAST CPUID_XSAVE_LEAF
#define LEAF_HYPERVISOR 0x40000000U
#define LEAF_EXTENDED_1 0x80000001U
#define LEAF_EXTENDED_8 0x80000008U

#define LEAF_1_ECX_MONITOR BIT(3)
#define LEAF_1_ECX_XSAVE (BIT(12) | BIT(26) | BIT(28) | BIT(29)) /* FMA, XSAVE, AVX, F16C */
#define LEAF_1_ECX_OSXSAVE BIT(27)
#define LEAF_7_EBX_AVX2 BIT(5)
#define LEAF_7_EBX_HIDDEN                                                                         \
	(BIT(0) | BIT(10) | BIT(14) | BIT(16) | BIT(17) | BIT(21) | BIT(26) | BIT(27) | BIT(28) | \
		BIT(30) | BIT(31))                  /* FSGSBASE, INVPCID, MPX, AVX-512 */
#define LEAF_7_ECX_KEPT (BIT(2) | BIT(8) | BIT(22)) /* UMIP, GFNI, RDPID */
#define LEAF_7_ECX_AVX (BIT(9) | BIT(10))           /* VAES, VPCLMULQDQ */
#define XSAVE_KINDS 7U                              /* XSAVEOPT, XSAVEC, XGETBV with ECX 1 */
#define XSAVE_BYTES (XSAVE_AVX_OFFSET + XSAVE_AVX_SIZE)
/* XOP, LWP, FMA4, MONITORX */
#define LEAF_EXTENDED_1_ECX_HIDDEN (BIT(11) | BIT(15) | BIT(16) | BIT(29))
#define LEAF_EXTENDED_8_EBX_RDPRU BIT(4)

static void show_leaf_1(struct platform_cpuid *answer)
{
	answer->ecx &= ~(uint32_t)(LEAF_1_ECX_MONITOR | LEAF_1_ECX_OSXSAVE);
	if (platform_facts()->xsave)
		answer->ecx |= (uint32_t)LEAF_1_ECX_OSXSAVE;
	else
		answer->ecx &= ~(uint32_t)LEAF_1_ECX_XSAVE;
}

static void show_leaf_7(struct platform_cpuid *answer)
{
	bool avx = platform_facts()->xsave;

	answer->eax = 0;
	answer->ebx &= ~(uint32_t)(LEAF_7_EBX_HIDDEN | (avx ? 0 : LEAF_7_EBX_AVX2));
	answer->ecx &= (uint32_t)(LEAF_7_ECX_KEPT | (avx ? LEAF_7_ECX_AVX : 0));
	answer->edx = 0;
}

/* By what XCR0 is, not by what it was when the launch filled the page. */
static void show_xsave(uint32_t subleaf, struct platform_cpuid *answer)
{
	uint32_t kinds = answer->eax & XSAVE_KINDS;

	*answer = (struct platform_cpuid){0};
	if (!platform_facts()->xsave)
		return;
	if (subleaf == 0)
		*answer = (struct platform_cpuid){PLATFORM_XFEATURES, XSAVE_BYTES, XSAVE_BYTES, 0};
	else if (subleaf == 1)
		*answer = (struct platform_cpuid){kinds, XSAVE_BYTES, 0, 0};
	else if (subleaf == 2)
		*answer = (struct platform_cpuid){XSAVE_AVX_SIZE, XSAVE_AVX_OFFSET, 0, 0};
}

static bool has_subleaves(uint32_t leaf)
{
	switch (leaf) {
	case 4: /* caches */
	case 7:
	case 0xb: /* topology */
	case CPUID_XSAVE_LEAF:
	case 0x8000001d: /* caches */
	case 0x80000020:
	case 0x80000026: /* topology */
		return true;
	default:
		return false;
	}
}

/*
 * A leaf that the page lacks reads as zeros; so do those above LEAF_LAST, which
 * tell of nothing that ring 3 has, and those of leaf 7 behind its first.
 */
void platform_cpuid(uint32_t leaf, uint32_t subleaf, struct platform_cpuid *answer)
{
	const struct snp_cpuid_entry *entry = cpuid_find(leaf, has_subleaves(leaf) ? subleaf : 0);

	*answer = (struct platform_cpuid){0};
	if (!entry || (leaf > LEAF_LAST && leaf < LEAF_HYPERVISOR) || (leaf == 7 && subleaf))
		return;
	*answer = (struct platform_cpuid){entry->eax, entry->ebx, entry->ecx, entry->edx};
	if (leaf == 0 && answer->eax > LEAF_LAST)
		answer->eax = LEAF_LAST;
	else if (leaf == 1)
		show_leaf_1(answer);
	else if (leaf == 7)
		show_leaf_7(answer);
	else if (leaf == CPUID_XSAVE_LEAF)
		show_xsave(subleaf, answer);
	else if (leaf == LEAF_EXTENDED_1)
		answer->ecx &= ~(uint32_t)LEAF_EXTENDED_1_ECX_HIDDEN;
	else if (leaf == LEAF_EXTENDED_8)
		answer->ebx &= ~(uint32_t)LEAF_EXTENDED_8_EBX_RDPRU;
}

/* ---- The branch predictor ---- */

/*
 * A host that offers the barrier in CPUID and intercepts it makes a #VC of it, on which
 * this goes on without: it could as well not have offered it.
 */
void platform_forget_branches(void)
{
	if (!platform_facts()->ibpb)
		return;
	asm volatile("1: wrmsr\n\t"
		     "2:\n\t" EXTABLE(1b, 2b)
		     :
		     : "c"(MSR_PRED_CMD), "a"((uint32_t)PRED_CMD_IBPB), "d"(0)
		     : "memory");
}

/* ---- The GHCB ---- */

/* VMGEXIT is for every ring. A host refuses a GHCB whose bitmap does not name the exit code. */
void platform_withdraw_request(void)
{
	volatile struct ghcb *ghcb = ghcb_own();

	ghcb->valid_bitmap[0] = 0;
	ghcb->valid_bitmap[1] = 0;
	ghcb->sw_exit_code = 0;
}
