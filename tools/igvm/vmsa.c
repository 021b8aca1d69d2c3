/* SPDX-License-Identifier: MIT */
/*
 * The initial VMSA. Only what QEMU passes on to KVM is set; KVM takes these
 * values over unchanged, so that the measured page is the one written here.
 */
#include "vmsa.h"

#include "x86.h"

#define CODE_SELECTOR 0x08
#define DATA_SELECTOR 0x10
#define CODE32_ATTRIBUTES 0xc9b /* execute/read, accessed; present; 32-bit; 4 KiB granular */
#define DATA32_ATTRIBUTES 0xc93 /* read/write, accessed; present; 32-bit; 4 KiB granular */
#define LDT_ATTRIBUTES 0x82
#define BUSY_TSS_ATTRIBUTES 0x8b
#define FLAT_LIMIT 0xffffffffU
#define TABLE_LIMIT 0xffffU
#define FCW_RESET 0x37f
#define XCR0_X87 BIT(0)

void vmsa_init(struct vmsa *vmsa, uint32_t entry, uint64_t sev_features)
{
	const struct vmsa_segment code = {CODE_SELECTOR, CODE32_ATTRIBUTES, FLAT_LIMIT, 0};
	const struct vmsa_segment data = {DATA_SELECTOR, DATA32_ATTRIBUTES, FLAT_LIMIT, 0};

	*vmsa = (struct vmsa){
		.es = data,
		.cs = code,
		.ss = data,
		.ds = data,
		.fs = data,
		.gs = data,
		.gdtr.limit = TABLE_LIMIT,
		.ldtr = {0, LDT_ATTRIBUTES, TABLE_LIMIT, 0},
		.idtr.limit = TABLE_LIMIT,
		.tr = {0, BUSY_TSS_ATTRIBUTES, TABLE_LIMIT, 0},
		.efer = EFER_NXE | EFER_SVME,
		.cr0 = CR0_PE | CR0_ET | CR0_NE,
		.cr4 = CR4_PAE | CR4_MCE,
		.rflags = RFLAGS_FIXED,
		.rip = entry,
		.g_pat = PAT_RESET,
		.sev_features = sev_features,
		.xcr0 = XCR0_X87,
		.mxcsr = MXCSR_RESET,
		.x87_fcw = FCW_RESET,
	};
}
