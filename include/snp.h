/* SPDX-License-Identifier: MIT */
/*
 * SEV-SNP as the AMD64 manual (volume 2, chapter 15.36) and the SNP firmware
 * ABI define it: the VM save area, the secrets and CPUID pages, operands and
 * results of PVALIDATE, RMPADJUST and RMPQUERY. Wire formats only, shared by
 * the paravisor, the emulated machine, the tools and the tests.
 */
#ifndef NACRE_SNP_H
#define NACRE_SNP_H

#include "compiler.h"

#define VMPL_COUNT 4U

/* Results in EAX of PVALIDATE, RMPADJUST and RMPQUERY. */
enum rmp_result {
	RMP_SUCCESS = 0,
	RMP_FAIL_INPUT = 1,
	RMP_FAIL_PERMISSION = 2,
	RMP_FAIL_INUSE = 3,
	RMP_FAIL_OVERLAP = 4,
	RMP_FAIL_SIZEMISMATCH = 6,
};

/* Page sizes as the RMP instructions take them in RCX. */
#define RMP_SIZE_4K 0U
#define RMP_SIZE_2M 1U

/* RMPADJUST's RDX: target VMPL, permission mask in bits 15:8, VMSA in bit 16. */
#define RMP_PERM_READ 0x1U
#define RMP_PERM_WRITE 0x2U
#define RMP_PERM_EXEC_USER 0x4U
#define RMP_PERM_EXEC_SUPER 0x8U
#define RMP_PERM_RWX 0xfU
#define RMPADJUST_PERM_SHIFT 8
#define RMPADJUST_VMSA BIT(16)

/* SEV_FEATURES (VMSA offset 3B0h). */
#define SEV_FEATURE_SNP BIT(0)
#define SEV_FEATURE_VTOM BIT(1)
#define SEV_FEATURE_REFLECT_VC BIT(2)
#define SEV_FEATURE_RESTRICTED_INJECTION BIT(3)
#define SEV_FEATURE_ALTERNATE_INJECTION BIT(4)
#define SEV_FEATURE_DEBUG_SWAP BIT(5)
#define SEV_FEATURE_PREVENT_HOST_IBS BIT(6)
#define SEV_FEATURE_BTB_ISOLATION BIT(7)
#define SEV_FEATURE_VMPL_SSS BIT(8)
#define SEV_FEATURE_SECURE_TSC BIT(9)

/* Exit codes: #VC error codes and GUEST_EXIT_CODE (AMD64 manual, appendix C). */
enum svm_exit {
	SVM_EXIT_CR0_READ = 0x00,
	SVM_EXIT_CR3_READ = 0x03,
	SVM_EXIT_CR0_WRITE = 0x10,
	SVM_EXIT_CR4_WRITE = 0x14,
	SVM_EXIT_CR8_WRITE = 0x18,
	SVM_EXIT_DR7_READ = 0x27,
	SVM_EXIT_DR7_WRITE = 0x37,
	SVM_EXIT_EXCEPTION = 0x40, /* + vector */
	SVM_EXIT_INTR = 0x60,
	SVM_EXIT_NMI = 0x61,
	SVM_EXIT_SMI = 0x62,
	SVM_EXIT_INIT = 0x63,
	SVM_EXIT_VINTR = 0x64,
	SVM_EXIT_RDTSC = 0x6e,
	SVM_EXIT_RDPMC = 0x6f,
	SVM_EXIT_CPUID = 0x72,
	SVM_EXIT_IRET = 0x74,
	SVM_EXIT_INVD = 0x76,
	SVM_EXIT_PAUSE = 0x77,
	SVM_EXIT_HLT = 0x78,
	SVM_EXIT_INVLPGA = 0x7a,
	SVM_EXIT_IOIO = 0x7b,
	SVM_EXIT_MSR = 0x7c,
	SVM_EXIT_SHUTDOWN = 0x7f,
	SVM_EXIT_VMRUN = 0x80,
	SVM_EXIT_VMMCALL = 0x81,
	SVM_EXIT_VMLOAD = 0x82,
	SVM_EXIT_VMSAVE = 0x83,
	SVM_EXIT_STGI = 0x84,
	SVM_EXIT_CLGI = 0x85,
	SVM_EXIT_SKINIT = 0x86,
	SVM_EXIT_RDTSCP = 0x87,
	SVM_EXIT_WBINVD = 0x89,
	SVM_EXIT_MONITOR = 0x8a,
	SVM_EXIT_MWAIT = 0x8b,
	SVM_EXIT_XSETBV = 0x8d,
	SVM_EXIT_EFER_WRITE_TRAP = 0x8f,
	SVM_EXIT_CR0_WRITE_TRAP = 0x90,
	SVM_EXIT_CR4_WRITE_TRAP = 0x94,
	SVM_EXIT_NPF = 0x400,
	SVM_EXIT_VMGEXIT = 0x403,
	SVM_EXIT_PAGE_NOT_VALIDATED = 0x404,
	SVM_EXIT_NOT_RESTARTABLE = 0x406,
};

/* EXITINFO1 of a nested page fault. */
#define NPF_P BIT(0)
#define NPF_W BIT(1)
#define NPF_U BIT(2)
#define NPF_RSVD BIT(3)
#define NPF_FETCH BIT(4)
#define NPF_RMP BIT(31)
#define NPF_FINAL BIT(32)
#define NPF_WALK BIT(33)
#define NPF_ENC BIT(34)
#define NPF_SIZEM BIT(35)
#define NPF_VMPL BIT(36)

/* EVENTINJ and EXITINTINFO (AMD64 manual, section 15.20). */
#define EVENT_TYPE_INTR (0ULL << 8)
#define EVENT_TYPE_NMI (2ULL << 8)
#define EVENT_TYPE_EXCEPTION (3ULL << 8)
#define EVENT_TYPE_SOFT (4ULL << 8)
#define EVENT_TYPE_MASK (7ULL << 8)
#define EVENT_VECTOR_MASK 0xffULL
#define EVENT_ERROR_VALID BIT(11)
#define EVENT_VALID BIT(31)
#define EVENT_ERROR_SHIFT 32

/* A segment register as VMCB and VMSA hold it. */
struct vmsa_segment {
	uint16_t selector;
	uint16_t attributes; /* [3:0] type, 4 S, [6:5] DPL, 7 P, 8 AVL, 9 L, 10 D/B, 11 G */
	uint32_t limit;
	uint64_t base;
};
ASSERT_SIZE(struct vmsa_segment, 16);

#define SEGMENT_ATTR_DPL_SHIFT 5
#define SEGMENT_ATTR_P BIT(7)
#define SEGMENT_ATTR_L BIT(9)
#define SEGMENT_ATTR_DB BIT(10)

/* VM save area of an SEV-ES/SNP vCPU (AMD64 manual, table B-4). */
struct vmsa {
	struct vmsa_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint64_t pl_ssp[4];
	uint64_t u_cet;
	uint8_t reserved_c8[2];
	uint8_t vmpl;
	uint8_t cpl;
	uint8_t reserved_cc[4];
	uint64_t efer;
	uint8_t reserved_d8[104];
	uint64_t xss;
	uint64_t cr4, cr3, cr0;
	uint64_t dr7, dr6;
	uint64_t rflags, rip;
	uint64_t dr[4];
	uint64_t dr_mask[4];
	uint8_t reserved_1c0[24];
	uint64_t rsp;
	uint64_t s_cet, ssp, isst_addr;
	uint64_t rax;
	uint64_t star, lstar, cstar, sfmask, kernel_gs_base;
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
	uint64_t cr2;
	uint8_t reserved_248[32];
	uint64_t g_pat;
	uint64_t dbgctl, br_from, br_to, last_excp_from, last_excp_to;
	uint8_t reserved_298[72];
	uint64_t spec_ctrl; /* offset 2E0h */
	uint32_t pkru, tsc_aux;
	uint64_t guest_tsc_scale, guest_tsc_offset, reg_prot_nonce;
	uint64_t rcx, rdx, rbx;
	uint64_t secure_avic_control;
	uint64_t rbp, rsi, rdi;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint8_t reserved_380[16];
	uint64_t guest_exitinfo1, guest_exitinfo2, guest_exitintinfo, guest_nrip;
	uint64_t sev_features;
	uint64_t vintr_ctrl;
	uint64_t guest_exit_code;
	uint64_t virtual_tom;
	uint64_t tlb_id, pcpu_id;
	uint64_t event_inj;
	uint64_t xcr0;
	uint8_t reserved_3f0[16];
	uint64_t x87_dp;
	uint32_t mxcsr;
	uint16_t x87_ftw, x87_fsw, x87_fcw, x87_fop, x87_ds, x87_cs;
	uint64_t x87_rip;
	uint8_t x87_registers[80];
	uint8_t xmm[16][16];
	uint8_t ymm_high[16][16];
	uint8_t reserved_670[2448];
};
ASSERT_SIZE(struct vmsa, 4096);
ASSERT_OFFSET(struct vmsa, vmpl, 0xca);
ASSERT_OFFSET(struct vmsa, efer, 0xd0);
ASSERT_OFFSET(struct vmsa, xss, 0x140);
ASSERT_OFFSET(struct vmsa, rip, 0x178);
ASSERT_OFFSET(struct vmsa, rsp, 0x1d8);
ASSERT_OFFSET(struct vmsa, rax, 0x1f8);
ASSERT_OFFSET(struct vmsa, cr2, 0x240);
ASSERT_OFFSET(struct vmsa, g_pat, 0x268);
ASSERT_OFFSET(struct vmsa, spec_ctrl, 0x2e0);
ASSERT_OFFSET(struct vmsa, rcx, 0x308);
ASSERT_OFFSET(struct vmsa, r15, 0x378);
ASSERT_OFFSET(struct vmsa, guest_exitinfo1, 0x390);
ASSERT_OFFSET(struct vmsa, sev_features, 0x3b0);
ASSERT_OFFSET(struct vmsa, guest_exit_code, 0x3c0);
ASSERT_OFFSET(struct vmsa, event_inj, 0x3e0);
ASSERT_OFFSET(struct vmsa, xcr0, 0x3e8);
ASSERT_OFFSET(struct vmsa, mxcsr, 0x408);
ASSERT_OFFSET(struct vmsa, xmm, 0x470);
ASSERT_OFFSET(struct vmsa, ymm_high, 0x570);

#define VINTR_BUSY BIT(63)

/* The guest-physical address KVM gives the launch VMSA. */
#define VMSA_LAUNCH_GPA 0xfffffffff000ULL

/* Secrets page (SNP firmware ABI, table 71) with the SVSM's fields (58019, 3.4). */
#define VMPCK_SIZE 32U
struct snp_secrets {
	uint32_t version;
	uint32_t flags; /* bit 0: IMI enabled */
	uint32_t fms;
	uint32_t reserved_c;
	uint8_t gosvw[16];
	uint8_t vmpck[VMPL_COUNT][VMPCK_SIZE];
	uint8_t os_area[96];
	uint8_t vmsa_tweak_bitmap[64];
	uint64_t svsm_base;
	uint64_t svsm_size; /* 0: no SVSM */
	uint64_t svsm_caa;
	uint32_t svsm_max_version;
	uint8_t svsm_guest_vmpl;
	uint8_t reserved_15d[3];
	uint32_t tsc_factor;
	uint8_t reserved_164[3740];
};
ASSERT_SIZE(struct snp_secrets, 4096);
ASSERT_OFFSET(struct snp_secrets, vmpck, 0x20);
ASSERT_OFFSET(struct snp_secrets, os_area, 0xa0);
ASSERT_OFFSET(struct snp_secrets, svsm_base, 0x140);
ASSERT_OFFSET(struct snp_secrets, tsc_factor, 0x160);

/* CPUID page (SNP firmware ABI, table 14 and 15). */
#define SNP_CPUID_MAX 64U
struct snp_cpuid_entry {
	uint32_t eax_in, ecx_in;
	uint64_t xcr0_in, xss_in;
	uint32_t eax, ebx, ecx, edx;
	uint64_t reserved;
};
ASSERT_SIZE(struct snp_cpuid_entry, 48);

struct snp_cpuid_page {
	uint32_t count;
	uint32_t reserved_4;
	uint64_t reserved_8;
	struct snp_cpuid_entry entries[SNP_CPUID_MAX];
	uint8_t reserved_c10[1008];
};
ASSERT_SIZE(struct snp_cpuid_page, 4096);

/* PAGE_INFO of the launch digest (SNP firmware ABI, section 8.17). */
#define SNP_DIGEST_SIZE 48U
enum snp_page_type {
	SNP_PAGE_NORMAL = 1,
	SNP_PAGE_VMSA = 2,
	SNP_PAGE_ZERO = 3,
	SNP_PAGE_UNMEASURED = 4,
	SNP_PAGE_SECRETS = 5,
	SNP_PAGE_CPUID = 6,
};

struct snp_page_info {
	uint8_t digest[SNP_DIGEST_SIZE];
	uint8_t contents[SNP_DIGEST_SIZE];
	uint16_t length;
	uint8_t page_type;
	uint8_t imi_page;
	uint8_t vmpl3_perms, vmpl2_perms, vmpl1_perms, reserved;
	uint64_t gpa;
};
ASSERT_SIZE(struct snp_page_info, 0x70);

/* Guest policy (SNP firmware ABI, table 8). */
#define SNP_POLICY_ABI_MASK 0xffffUL /* the least firmware: major, minor */
#define SNP_POLICY_SMT BIT(16)
#define SNP_POLICY_RESERVED_ONE BIT(17)
#define SNP_POLICY_DEBUG BIT(19)
#define SNP_POLICY_AES_256_XTS BIT(22)
#define SNP_POLICY_RAPL_DISABLED BIT(23)
#define SNP_POLICY_CIPHERTEXT_HIDING BIT(24)
#define SNP_POLICY_BITS 26 /* the others are reserved */

/* Confidential-computing blob that leads a Linux guest to the two pages. */
#define CC_BLOB_MAGIC 0x45444d41U
struct cc_blob {
	uint32_t magic;
	uint16_t version;
	uint16_t reserved_6;
	uint64_t secrets_phys;
	uint32_t secrets_len;
	uint32_t reserved_14;
	uint64_t cpuid_phys;
	uint32_t cpuid_len;
	uint32_t reserved_24;
};
ASSERT_SIZE(struct cc_blob, 40);

#endif
