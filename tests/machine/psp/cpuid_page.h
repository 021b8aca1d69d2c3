/* SPDX-License-Identifier: MIT */
/* CPUID as the guest's machine has it: what both host and secure processor answer. */
#ifndef MACHINE_CPUID_PAGE_H
#define MACHINE_CPUID_PAGE_H

#include "insn.h"
#include "snp.h"
#include "x86.h"

/* Leaf and subleaf for the vCPU with @apic_id; reads the processor it runs on. */
struct cpuid_regs guest_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t apic_id);
/* Bytes that XSAVE needs for @xfeatures, in either form. */
uint32_t guest_xsave_size(uint64_t xfeatures);
void cpuid_page_fill(struct snp_cpuid_page *page);

#endif
