/* SPDX-License-Identifier: MIT */
/*
 * x87, SSE and AVX registers between the processor and a VMSA. The machine is
 * compiled without them, so the guest's stay in place across exits and move
 * only when a VMPL is entered or left.
 */
#include "xsave.h"
#include "insn.h"

/* The VMSA's full 16-bit tag word from FXSAVE's 8 bits, and back. */
static uint16_t full_tag(uint8_t abridged)
{
	uint16_t tag = 0;

	for (int i = 0; i < 8; i++)
		tag |= (uint16_t)(abridged >> i & 1 ? 0 : 3) << 2 * i;
	return tag;
}

static uint8_t abridged_tag(uint16_t full)
{
	uint8_t tag = 0;

	for (int i = 0; i < 8; i++)
		tag |= (uint8_t)((full >> 2 * i & 3) != 3) << i;
	return tag;
}

void fpu_load(const struct vmsa *s, struct context *c)
{
	struct xsave_area *x = &xsave_areas[cpu_index()];

	memset(x, 0, sizeof(*x));
	x->fcw = s->x87_fcw;
	x->fsw = s->x87_fsw;
	x->ftw = abridged_tag(s->x87_ftw);
	x->fop = s->x87_fop;
	x->rip = s->x87_rip;
	x->dp = s->x87_dp;
	x->mxcsr = s->mxcsr;
	for (int i = 0; i < 8; i++)
		memcpy(x->st[i], s->x87_registers + i * 10, 10);
	memcpy(x->xmm, s->xmm, sizeof(x->xmm));
	memcpy(x->ymm_high, s->ymm_high, sizeof(x->ymm_high));
	x->xstate_bv = XFEATURES_OFFERED;
	xsetbv(0, XFEATURES_OFFERED);
	__asm__ volatile("xrstor64 %0" : : "m"(*x), "a"(XFEATURES_OFFERED), "d"(0));
	xsetbv(0, c->xcr0 | XFEATURE_X87);
}

void fpu_store(struct vmsa *s)
{
	struct xsave_area *x = &xsave_areas[cpu_index()];

	s->xcr0 = xgetbv(0);
	xsetbv(0, XFEATURES_OFFERED);
	memset(x, 0, sizeof(*x));
	__asm__ volatile("xsave64 %0" : "+m"(*x) : "a"(XFEATURES_OFFERED), "d"(0));
	s->x87_fcw = x->fcw;
	s->x87_fsw = x->fsw;
	s->x87_ftw = full_tag(x->ftw);
	s->x87_fop = x->fop;
	s->x87_rip = x->rip;
	s->x87_dp = x->dp;
	s->mxcsr = x->mxcsr;
	for (int i = 0; i < 8; i++)
		memcpy(s->x87_registers + i * 10, x->st[i], 10);
	memcpy(s->xmm, x->xmm, sizeof(x->xmm));
	memcpy(s->ymm_high, x->ymm_high, sizeof(x->ymm_high));
}
