/* SPDX-License-Identifier: MIT */
/*
 * Page operations by PVALIDATE and RMPADJUST, and the TLB flush that must
 * follow those that take rights away.
 */
#include "kernel/panic.h"
#include "kernel/x86_insn.h"
#include "platform.h"
#include "platform/sev-snp/insn.h"
#include "platform/sev-snp/snp_platform.h"
#include "snp.h"
#include "x86.h"

#define SAME_VALUE(a, b) static_assert((int)(a) == (int)(b), "page results are the processor's")
SAME_VALUE(PAGE_FAIL_INPUT, RMP_FAIL_INPUT);
SAME_VALUE(PAGE_FAIL_PERMISSION, RMP_FAIL_PERMISSION);
SAME_VALUE(PAGE_FAIL_INUSE, RMP_FAIL_INUSE);
SAME_VALUE(PAGE_FAIL_SIZEMISMATCH, RMP_FAIL_SIZEMISMATCH);
SAME_VALUE(PAGE_FAULT, RMP_INSN_FAULT);
SAME_VALUE(PAGE_4K, RMP_SIZE_4K);
SAME_VALUE(PAGE_2M, RMP_SIZE_2M);

static enum page_result change_validity(struct va va, enum page_size size, uint32_t validate)
{
	bool no_change;
	uint32_t result = pvalidate(va, size, validate, &no_change);

	return result == RMP_SUCCESS && no_change ? PAGE_NO_CHANGE : (enum page_result)result;
}

enum page_result platform_page_validate(struct va va, enum page_size size)
{
	return change_validity(va, size, 1);
}

enum page_result platform_page_rescind(struct va va, enum page_size size)
{
	return change_validity(va, size, 0);
}

enum page_result platform_page_grant(struct va va, enum page_size size)
{
	return (enum page_result)rmpadjust(
		va, size, SNP_GUEST_VMPL | RMP_PERM_RWX << RMPADJUST_PERM_SHIFT);
}

/*
 * Every level below the paravisor's: the guest may have passed rights on to
 * the levels below its own, and they would survive PVALIDATE.
 */
enum page_result platform_page_revoke(struct va va, enum page_size size)
{
	enum page_result result = PAGE_OK;

	for (unsigned int vmpl = SNP_OWN_VMPL + 1; vmpl < VMPL_COUNT && result == PAGE_OK; vmpl++)
		result = (enum page_result)rmpadjust(va, size, vmpl);
	return result;
}

/* The guest may read it: Linux takes SEV_FEATURES from there for its AP creation. */
enum page_result platform_page_seal_vcpu(struct va va)
{
	return (enum page_result)rmpadjust(va, RMP_SIZE_4K,
		SNP_GUEST_VMPL | RMP_PERM_READ << RMPADJUST_PERM_SHIFT | RMPADJUST_VMSA);
}

/* The target level is one that has no rights and gets none: only the VMSA bit changes. */
enum page_result platform_page_seal_own(struct va va)
{
	return (enum page_result)rmpadjust(va, RMP_SIZE_4K, (SNP_OWN_VMPL + 1) | RMPADJUST_VMSA);
}

enum page_result platform_page_unseal_vcpu(struct va va)
{
	return platform_page_grant(va, PAGE_4K);
}

/*
 * Without INVLPGB there is no way to reach another processor's TLB from here
 * that the host could not withhold, so platform_init() and start-up allow that
 * on a machine with one CPU only; there, a change of CR4.PGE drops all of the
 * ASID's translations, global ones included.
 */
void platform_flush_all(void)
{
	uint64_t cr4;

	if (platform_facts()->flush_broadcast) {
		invlpgb_all();
		tlbsync();
		return;
	}
	cr4 = read_cr4();
	write_cr4(cr4 ^ CR4_PGE);
	write_cr4(cr4);
}
