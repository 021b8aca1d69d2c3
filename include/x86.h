/* SPDX-License-Identifier: MIT */
/*
 * The x86-64 architecture as the AMD64 manual (volume 2) names it: control
 * registers, MSRs, exception vectors, page-table bits. Constants only; the
 * instructions are wrapped in x86_insn.h.
 */
#ifndef NACRE_X86_H
#define NACRE_X86_H

#include "compiler.h"

#define CR0_PE BIT(0)
#define CR0_MP BIT(1)
#define CR0_EM BIT(2)
#define CR0_TS BIT(3)
#define CR0_ET BIT(4)
#define CR0_NE BIT(5)
#define CR0_WP BIT(16)
#define CR0_AM BIT(18)
#define CR0_NW BIT(29)
#define CR0_CD BIT(30)
#define CR0_PG BIT(31)

#define CR4_DE BIT(3)
#define CR4_PSE BIT(4)
#define CR4_PAE BIT(5)
#define CR4_MCE BIT(6)
#define CR4_PGE BIT(7)
#define CR4_OSFXSR BIT(9)
#define CR4_OSXMMEXCPT BIT(10)
#define CR4_UMIP BIT(11)
#define CR4_LA57 BIT(12)
#define CR4_FSGSBASE BIT(16)
#define CR4_PCIDE BIT(17)
#define CR4_OSXSAVE BIT(18)
#define CR4_SMEP BIT(20)
#define CR4_SMAP BIT(21)

/* XCR0 and its state components, in the extended region of an XSAVE area. */
#define XFEATURE_X87 BIT(0)
#define XFEATURE_SSE BIT(1)
#define XFEATURE_AVX BIT(2)
#define XSAVE_HEADER_OFFSET 512
#define XSAVE_AVX_OFFSET 576
#define XSAVE_AVX_SIZE 256
#define XCOMP_BV_COMPACT BIT(63)

#define EFER_SCE BIT(0)
#define EFER_LME BIT(8)
#define EFER_LMA BIT(10)
#define EFER_NXE BIT(11)
#define EFER_SVME BIT(12)

#define RFLAGS_CF BIT(0)
#define RFLAGS_FIXED BIT(1)
#define RFLAGS_PF BIT(2)
#define RFLAGS_AF BIT(4)
#define RFLAGS_ZF BIT(6)
#define RFLAGS_SF BIT(7)
#define RFLAGS_TF BIT(8)
#define RFLAGS_IF BIT(9)
#define RFLAGS_DF BIT(10)
#define RFLAGS_OF BIT(11)
#define RFLAGS_NT BIT(14)
#define RFLAGS_RF BIT(16)
#define RFLAGS_VM BIT(17)
#define RFLAGS_AC BIT(18)

/* Page-table entries, every level. */
#define PTE_P BIT(0)
#define PTE_W BIT(1)
#define PTE_U BIT(2)
#define PTE_PWT BIT(3)
#define PTE_PCD BIT(4)
#define PTE_A BIT(5)
#define PTE_D BIT(6)
#define PTE_PS BIT(7)
#define PTE_G BIT(8)
#define PTE_NX BIT(63)
#define PTE_ADDR_MASK 0x000ffffffffff000ULL
#define PT_ENTRIES 512U

/* Exception vectors. */
enum x86_vector {
	VEC_DE = 0,
	VEC_DB = 1,
	VEC_NMI = 2,
	VEC_BP = 3,
	VEC_OF = 4,
	VEC_BR = 5,
	VEC_UD = 6,
	VEC_NM = 7,
	VEC_DF = 8,
	VEC_TS = 10,
	VEC_NP = 11,
	VEC_SS = 12,
	VEC_GP = 13,
	VEC_PF = 14,
	VEC_MF = 16,
	VEC_AC = 17,
	VEC_MC = 18,
	VEC_XM = 19,
	VEC_VE = 20,
	VEC_CP = 21,
	VEC_HV = 28,
	VEC_VC = 29,
	VEC_SX = 30,
	VEC_FIRST_EXTERNAL = 32,
};

/* Page-fault error code. */
#define PF_P BIT(0)
#define PF_W BIT(1)
#define PF_U BIT(2)
#define PF_RSVD BIT(3)
#define PF_FETCH BIT(4)

#define MSR_TSC 0x10
#define MSR_APIC_BASE 0x1b
#define MSR_PRED_CMD 0x49
#define MSR_SYSENTER_CS 0x174
#define MSR_SYSENTER_ESP 0x175
#define MSR_SYSENTER_EIP 0x176
#define MSR_PAT 0x277
#define MSR_XSS 0xda0
#define MSR_X2APIC_FIRST 0x800
#define MSR_X2APIC_ID 0x802
#define MSR_X2APIC_VERSION 0x803
#define MSR_X2APIC_TPR 0x808
#define MSR_X2APIC_PPR 0x80a
#define MSR_X2APIC_EOI 0x80b
#define MSR_X2APIC_LDR 0x80d
#define MSR_X2APIC_SVR 0x80f
#define MSR_X2APIC_ISR 0x810
#define MSR_X2APIC_TMR 0x818
#define MSR_X2APIC_IRR 0x820
#define MSR_X2APIC_ESR 0x828
#define MSR_X2APIC_ICR 0x830
#define MSR_X2APIC_LVT_TIMER 0x832
#define MSR_X2APIC_LVT_LAST 0x837
#define MSR_X2APIC_TIMER_INITIAL 0x838
#define MSR_X2APIC_TIMER_CURRENT 0x839
#define MSR_X2APIC_TIMER_DIVIDE 0x83e
#define MSR_X2APIC_SELF_IPI 0x83f
#define MSR_X2APIC_NONE 0x8fe /* there is no such register */
#define MSR_X2APIC_LAST 0x8ff
#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_CSTAR 0xc0000083
#define MSR_SFMASK 0xc0000084
#define MSR_FS_BASE 0xc0000100
#define MSR_GS_BASE 0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX 0xc0000103
#define MSR_VM_CR 0xc0010114
#define MSR_VM_HSAVE_PA 0xc0010117
#define MSR_GHCB 0xc0010130
#define MSR_SEV_STATUS 0xc0010131
#define MSR_SVSM_CAA 0xc001f000

/* A PC's hole below 1 MiB: video memory, then ROMs or the RAM behind them, as the chipset says. */
#define PC_HOLE_BASE 0xa0000ULL
#define PC_ROM_BASE 0xc0000ULL
#define PC_HOLE_END 0x100000ULL

#define PRED_CMD_IBPB BIT(0)

#define APIC_BASE_BSP BIT(8)
#define APIC_BASE_X2APIC BIT(10)
#define APIC_BASE_ENABLE BIT(11)
#define APIC_SVR_ENABLE BIT(8)
#define APIC_LVT_MASKED BIT(16)
#define APIC_DIVIDE_BY_1 0xb
#define APIC_DEFAULT_BASE 0xfee00000ULL

#define PAT_RESET 0x0007040600070406ULL
#define MXCSR_RESET 0x1f80U
#define MXCSR_VALID 0xffffU
#define DR6_RESET 0xffff0ff0ULL
#define DR7_RESET 0x400ULL

/* SEV_STATUS (MSR 0xC0010131): bits 0-2, then SEV_FEATURES bit n at n + 2. */
#define SEV_STATUS_SEV BIT(0)
#define SEV_STATUS_ES BIT(1)
#define SEV_STATUS_SNP BIT(2)
#define SEV_STATUS_FEATURES_SHIFT 2

#define CPUID_XSAVE_LEAF 0xdU

/* CPUID Fn8000_001F. */
#define CPUID_SEV_LEAF 0x8000001fU
#define CPUID_SEV_EBX_CBIT_MASK 0x3fU
#define CPUID_SEV_EAX_SVSM_CAA BIT(28)

#endif
