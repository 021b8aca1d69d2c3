/* SPDX-License-Identifier: MIT */
/*
 * Look-ups in the CPUID page (SNP firmware ABI, table 14 and 15). The first
 * entry that fits counts; boot/entry.S has checked the number of entries.
 */
#include "platform/sev-snp/cpuid.h"
#include "kernel/image.h"
#include "platform.h"
#include "x86.h"

#define LEAF_1_ECX_PCLMULQDQ BIT(1)
#define LEAF_1_ECX_SSSE3 BIT(9)
#define LEAF_1_ECX_SSE41 BIT(19)
#define LEAF_1_ECX_AES BIT(25)
#define LEAF_1_ECX_XSAVE BIT(26)
#define LEAF_1_ECX_AVX BIT(28)
#define LEAF_1_ECX_RDRAND BIT(30)
#define LEAF_7_EBX_SMEP BIT(7)
#define LEAF_7_EBX_RDSEED BIT(18)
#define LEAF_7_EBX_SMAP BIT(20)
#define LEAF_7_EBX_SHA BIT(29)
#define LEAF_7_ECX_UMIP BIT(2)
#define LEAF_80000008 0x80000008U
#define LEAF_80000008_EBX_INVLPGB BIT(3)
#define LEAF_80000008_EBX_IBPB BIT(12)

const struct snp_cpuid_entry *cpuid_find(uint32_t leaf, uint32_t subleaf)
{
	for (unsigned int i = 0; i < special_cpuid.count && i < SNP_CPUID_MAX; i++) {
		const struct snp_cpuid_entry *entry = &special_cpuid.entries[i];

		if (entry->eax_in == leaf && entry->ecx_in == subleaf)
			return entry;
	}
	return NULL;
}

static uint32_t leaf_7_ebx(void)
{
	const struct snp_cpuid_entry *entry = cpuid_find(7, 0);

	return entry ? entry->ebx : 0;
}

bool cpuid_has_smep(void)
{
	return leaf_7_ebx() & LEAF_7_EBX_SMEP;
}

bool cpuid_has_smap(void)
{
	return leaf_7_ebx() & LEAF_7_EBX_SMAP;
}

bool cpuid_has_rdseed(void)
{
	return leaf_7_ebx() & LEAF_7_EBX_RDSEED;
}

bool cpuid_has_umip(void)
{
	const struct snp_cpuid_entry *entry = cpuid_find(7, 0);

	return entry && (entry->ecx & LEAF_7_ECX_UMIP);
}

/* Whether leaf 1 has all of @bits in ECX. */
static bool leaf_1_ecx(uint32_t bits)
{
	const struct snp_cpuid_entry *entry = cpuid_find(1, 0);

	return entry && (entry->ecx & bits) == bits;
}

bool cpuid_has_rdrand(void)
{
	return leaf_1_ecx(LEAF_1_ECX_RDRAND);
}

bool cpuid_has_aes(void)
{
	return leaf_1_ecx(LEAF_1_ECX_AES | LEAF_1_ECX_PCLMULQDQ);
}

/* With what of SSE lib/sha256_ni.c is compiled for. */
bool cpuid_has_sha(void)
{
	return (leaf_7_ebx() & LEAF_7_EBX_SHA) && leaf_1_ecx(LEAF_1_ECX_SSSE3 | LEAF_1_ECX_SSE41);
}

bool cpuid_has_invlpgb(void)
{
	const struct snp_cpuid_entry *entry = cpuid_find(LEAF_80000008, 0);

	return entry && (entry->ebx & LEAF_80000008_EBX_INVLPGB);
}

bool cpuid_has_ibpb(void)
{
	const struct snp_cpuid_entry *entry = cpuid_find(LEAF_80000008, 0);

	return entry && (entry->ebx & LEAF_80000008_EBX_IBPB);
}

bool cpuid_has_xsave(void)
{
	const struct snp_cpuid_entry *entry = cpuid_find(CPUID_XSAVE_LEAF, 0);

	return leaf_1_ecx(LEAF_1_ECX_XSAVE | LEAF_1_ECX_AVX) && entry &&
	       (entry->eax & PLATFORM_XFEATURES) == PLATFORM_XFEATURES;
}

unsigned int cpuid_c_bit(void)
{
	const struct snp_cpuid_entry *entry = cpuid_find(CPUID_SEV_LEAF, 0);

	return entry ? entry->ebx & CPUID_SEV_EBX_CBIT_MASK : 0;
}
