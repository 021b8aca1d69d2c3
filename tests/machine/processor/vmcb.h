/* SPDX-License-Identifier: MIT */
/*
 * The virtual machine control block (AMD64 manual, appendix B): how the machine
 * runs a guest on QEMU's SVM. The guest of the machine never sees one; its
 * state lives in VMSA pages.
 */
#ifndef MACHINE_VMCB_H
#define MACHINE_VMCB_H

#include "snp.h"

/* Intercept words. */
#define INTERCEPT_CR0_WRITE BIT(16) /* word 0 */
#define INTERCEPT_CR4_WRITE BIT(20)
#define INTERCEPT_DR7_READ BIT(7) /* word 1 */
#define INTERCEPT_DR7_WRITE BIT(23)
#define INTERCEPT_INTR BIT(0) /* word 3 */
#define INTERCEPT_NMI BIT(1)
#define INTERCEPT_INIT BIT(3)
#define INTERCEPT_RDPMC BIT(15)
#define INTERCEPT_CPUID BIT(18)
#define INTERCEPT_INVD BIT(22)
#define INTERCEPT_PAUSE BIT(23)
#define INTERCEPT_HLT BIT(24)
#define INTERCEPT_INVLPGA BIT(26)
#define INTERCEPT_IOIO BIT(27)
#define INTERCEPT_MSR BIT(28)
#define INTERCEPT_SHUTDOWN BIT(31)
#define INTERCEPT_VMRUN_TO_SKINIT 0x7fU /* word 4: VMRUN VMMCALL VMLOAD VMSAVE STGI CLGI SKINIT */
#define INTERCEPT_WBINVD BIT(9)
#define INTERCEPT_MONITOR BIT(10)
#define INTERCEPT_MWAIT (BIT(11) | BIT(12))

/* int_control */
#define VMCB_INT_MASKING BIT(24)
#define VMCB_V_IRQ_PENDING BIT(8)
/* An interrupt for the guest, whatever its V_TPR is, when it sets IF. */
#define VMCB_V_IRQ(vector) (VMCB_V_IRQ_PENDING | BIT(20) | (uint64_t)(vector) << 32)
#define VMCB_NP_ENABLE BIT(0)

struct vmcb {
	uint32_t intercept[6]; /* CR, DR, exceptions, misc 1, misc 2, misc 3 */
	uint8_t reserved_018[0x40 - 0x18];
	uint64_t iopm_base;
	uint64_t msrpm_base;
	uint64_t tsc_offset;
	uint32_t asid;
	uint32_t tlb_control;
	uint64_t int_control;
	uint64_t int_shadow;
	uint64_t exit_code, exit_info1, exit_info2, exit_int_info;
	uint64_t np_control;
	uint8_t reserved_098[0xa8 - 0x98];
	uint64_t event_inj;
	uint64_t nested_cr3;
	uint8_t reserved_0b8[0x400 - 0xb8];
	/* State save area: the same offsets as in a VMSA up to 298h. */
	struct vmsa_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved_4a0[0x4cb - 0x4a0];
	uint8_t cpl;
	uint8_t reserved_4cc[4];
	uint64_t efer;
	uint8_t reserved_4d8[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t reserved_580[0x5d8 - 0x580];
	uint64_t rsp;
	uint64_t s_cet, ssp, isst_addr;
	uint64_t rax;
	uint64_t star, lstar, cstar, sfmask, kernel_gs_base;
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
	uint64_t cr2;
	uint8_t reserved_648[0x668 - 0x648];
	uint64_t g_pat;
	uint64_t dbgctl, br_from, br_to, last_excp_from, last_excp_to;
	uint8_t reserved_698[0x1000 - 0x698];
};
ASSERT_SIZE(struct vmcb, 4096);
ASSERT_OFFSET(struct vmcb, int_control, 0x60);
ASSERT_OFFSET(struct vmcb, exit_code, 0x70);
ASSERT_OFFSET(struct vmcb, np_control, 0x90);
ASSERT_OFFSET(struct vmcb, event_inj, 0xa8);
ASSERT_OFFSET(struct vmcb, cpl, 0x4cb);
ASSERT_OFFSET(struct vmcb, cr4, 0x548);
ASSERT_OFFSET(struct vmcb, rip, 0x578);
ASSERT_OFFSET(struct vmcb, rax, 0x5f8);
ASSERT_OFFSET(struct vmcb, cr2, 0x640);
ASSERT_OFFSET(struct vmcb, g_pat, 0x668);

/* Exit codes as low 32 bits. */
#define VMEXIT_INVALID 0xffffffffU

#endif
