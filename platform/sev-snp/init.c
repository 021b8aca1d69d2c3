/* SPDX-License-Identifier: MIT */
/*
 * The facts of an SEV-SNP machine, checked before anything relies on them, and
 * the ways to end.
 */
#include "kernel/fault_access.h"
#include "kernel/image.h"
#include "kernel/panic.h"
#include "kernel/x86_insn.h"
#include "lib/random.h"
#include "platform.h"
#include "platform/sev-snp/cpuid.h"
#include "platform/sev-snp/ghcb_msr.h"
#include "platform/sev-snp/snp_platform.h"
#include "snp_guest.h"
#include "x86.h"

static struct platform_facts facts SECTION(".bss.once");

/* What the launch may have switched on without changing what is done here. */
#define FEATURES_TOLERATED                                                         \
	(SEV_FEATURE_SNP | SEV_FEATURE_DEBUG_SWAP | SEV_FEATURE_PREVENT_HOST_IBS | \
		SEV_FEATURE_BTB_ISOLATION)

#define HOST_FEATURES_NEEDED (GHCB_FEATURE_SNP | GHCB_FEATURE_AP_CREATION | GHCB_FEATURE_MULTI_VMPL)

static uint64_t own_sev_features(void)
{
	uint64_t status = read_msr(MSR_SEV_STATUS);
	uint64_t features = status >> SEV_STATUS_FEATURES_SHIFT;

	if (!(status & SEV_STATUS_SEV) || !(status & SEV_STATUS_ES) ||
		!(features & SEV_FEATURE_SNP) || (features & ~FEATURES_TOLERATED))
		wipe_and_terminate(TERM_NACRE_FEATURES);
	return features;
}

void platform_init(void)
{
	unsigned int c_bit = cpuid_c_bit();

	facts = (struct platform_facts){
		.name = "AMD SEV-SNP",
		.own_level = SNP_OWN_VMPL,
		.guest_level = SNP_GUEST_VMPL,
		.c_bit = c_bit,
		.private_mask = BIT(c_bit),
		.guest_features = own_sev_features(),
		.flush_broadcast = cpuid_has_invlpgb(),
		.memory_is_shared = special_parameters.environment &
				    IGVM_ENVIRONMENT_MEMORY_IS_SHARED,
		.vp_count = special_parameters.vp_count,
		.random = (cpuid_has_rdseed() ? RANDOM_HAVE_RDSEED : 0) |
			  (cpuid_has_rdrand() ? RANDOM_HAVE_RDRAND : 0),
		.aes_instructions = cpuid_has_aes(),
		.smap = cpuid_has_smap(),
		.xsave = cpuid_has_xsave(),
		.ibpb = cpuid_has_ibpb(),
		.sha_instructions = cpuid_has_sha(),
		.report_size = sizeof(struct snp_report),
	};
	if ((ghcb_msr_features() & HOST_FEATURES_NEEDED) != HOST_FEATURES_NEEDED)
		wipe_and_terminate(TERM_NACRE_FEATURES);
}

const struct platform_facts *platform_facts(void)
{
	return &facts;
}

void platform_terminate(unsigned int reason)
{
	ghcb_msr_terminate(TERM_SET_NACRE, reason);
}

void platform_wipe_keys(void)
{
	if (!fault_clear(special_secrets.vmpck, sizeof(special_secrets.vmpck)))
		return; /* the host has taken the page: they are out of everybody's reach */
}

uint64_t snp_own_cr0(void)
{
	return CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG;
}

uint64_t snp_own_cr4(void)
{
	return CR4_PAE | CR4_DE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT |
	       (cpuid_has_smep() ? CR4_SMEP : 0) | (cpuid_has_smap() ? CR4_SMAP : 0) |
	       (cpuid_has_umip() ? CR4_UMIP : 0) | (cpuid_has_xsave() ? CR4_OSXSAVE : 0);
}

/* What kernel/task.c keeps of ring 3; the kernel itself uses no more than SSE. */
uint64_t snp_own_xcr0(void)
{
	return cpuid_has_xsave() ? PLATFORM_XFEATURES : XFEATURE_X87;
}
