/* SPDX-License-Identifier: MIT */
/*
 * The CPUID page: what the secure processor has checked of the host's CPUID.
 * The paravisor never executes CPUID.
 */
#ifndef NACRE_SEV_SNP_CPUID_H
#define NACRE_SEV_SNP_CPUID_H

#include "snp.h"

/* The entry for @leaf and @subleaf, or NULL. */
const struct snp_cpuid_entry *cpuid_find(uint32_t leaf, uint32_t subleaf);

/* Features that change how the paravisor itself runs. */
bool cpuid_has_smep(void);
bool cpuid_has_smap(void);
bool cpuid_has_umip(void);
bool cpuid_has_rdrand(void);
bool cpuid_has_rdseed(void);
bool cpuid_has_invlpgb(void);
bool cpuid_has_aes(void); /* and PCLMULQDQ */
bool cpuid_has_sha(void);
bool cpuid_has_xsave(void); /* and AVX */
bool cpuid_has_ibpb(void);
unsigned int cpuid_c_bit(void);

#endif
