/* SPDX-License-Identifier: MIT */
/* The XSAVE area, and what of it the guest's processor offers. */
#ifndef MACHINE_XSAVE_H
#define MACHINE_XSAVE_H

#include "vcpu.h"
#include "x86.h"

/* What a VMSA carries, and so all that XCR0 may name. */
#define XFEATURES_OFFERED (XFEATURE_X87 | XFEATURE_SSE | XFEATURE_AVX)

struct xsave_area {
	uint16_t fcw, fsw;
	uint8_t ftw, reserved_5;
	uint16_t fop;
	uint64_t rip, dp;
	uint32_t mxcsr, mxcsr_mask;
	uint8_t st[8][16];
	uint8_t xmm[16][16];
	uint8_t reserved_1a0[96];
	uint64_t xstate_bv, xcomp_bv;
	uint8_t reserved_210[48];
	uint8_t ymm_high[16][16];
} ALIGNED(64);
ASSERT_OFFSET(struct xsave_area, xstate_bv, 512);
ASSERT_OFFSET(struct xsave_area, ymm_high, XSAVE_AVX_OFFSET);

/* A processor's own, for a copy of its registers. */
extern struct xsave_area xsave_areas[MACHINE_MAX_CPUS];

/* Whether the guest is told of XSAVE and AVX: not where QEMU executes XSAVEC as nothing. */
extern bool xsave_offered;
void xsave_init(void);

/* Whether XSETBV would take @xcr0. */
bool xcr0_is_valid(uint64_t xcr0);

/* A #UD or #GP of the guest that is XSAVEC or XRSTOR of the compacted form; false: it is not. */
bool handle_xsavec(struct vcpu *v);
bool handle_compact_xrstor(struct vcpu *v);

#endif
