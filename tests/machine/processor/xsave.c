/* SPDX-License-Identifier: MIT */
/*
 * XSAVEC and XRSTOR of the compacted form, which every SNP processor has, Linux
 * demands of one, and QEMU's lacks: it answers #UD and #GP, which the machine
 * intercepts. The guest's registers are in the processor, so that QEMU's XSAVE
 * and XRSTOR do the work, between them and an area of the machine's own. One
 * extended feature (AVX) lies at the same place in both forms.
 */
#include "xsave.h"
#include "insn.h"
#include "operand.h"

#define HEADER 512U
#define HEADER_WRITTEN 16U /* XSTATE_BV and XCOMP_BV */
#define X87_FIRST_BYTES 24U
#define MXCSR_OFFSET 24U
#define MXCSR_BYTES 8U
#define ST_OFFSET 32U
#define ST_BYTES 128U
#define XMM_OFFSET 160U
#define XMM_BYTES 256U

struct xsave_area xsave_areas[MACHINE_MAX_CPUS];
bool xsave_offered;
/* boot.S */
bool cpu_refuses_xsavec(void *area);

/* The operand, in at most two pages of guest memory. */
struct target {
	uint8_t *page[2];
	uint32_t first; /* bytes in the first */
};

/*
 * QEMU 10.0.2 (not 10.1.3) executes XSAVEC as nothing, without any exit: Linux would
 * lose registers, so that its processor has to do without XSAVE.
 */
void xsave_init(void)
{
	struct xsave_area *x = &xsave_areas[0];

	xsetbv(0, XFEATURES_OFFERED);
	xsave_offered = cpu_refuses_xsavec(x) || x->xcomp_bv & XCOMP_BV_COMPACT;
	if (!xsave_offered)
		log_print("processor: no XSAVE and AVX, since this QEMU executes XSAVEC as nothing "
			  "(mended in 10.1.3)\n");
}

bool xcr0_is_valid(uint64_t xcr0)
{
	return xcr0 & XFEATURE_X87 && !(xcr0 & ~XFEATURES_OFFERED) &&
	       (!(xcr0 & XFEATURE_AVX) || xcr0 & XFEATURE_SSE);
}

static uint64_t requested(const struct context *c)
{
	return ((uint32_t)c->vmcb->rax | c->gpr.rdx << 32) & xgetbv(0);
}

static uint32_t bytes_of(uint64_t features)
{
	return XSAVE_AVX_OFFSET + (features & XFEATURE_AVX ? XSAVE_AVX_SIZE : 0);
}

static bool find(struct vcpu *v, uint64_t va, uint32_t size, bool write, struct target *t)
{
	uint64_t end = va + size - 1;

	t->first = (uint32_t)(PAGE_SIZE - (va & (PAGE_SIZE - 1)));
	t->page[0] = guest_operand(v, va, write);
	if (!t->page[0])
		return false;
	if (va >> PAGE_SHIFT == end >> PAGE_SHIFT)
		return true;
	t->page[1] = guest_operand(v, ALIGN_DOWN(end, PAGE_SIZE), write);
	return t->page[1];
}

/* Bytes @offset to @offset + @size of the area, which no part that is moved alone crosses twice. */
static void move(
	const struct target *t, struct xsave_area *x, uint32_t offset, uint32_t size, bool write)
{
	while (size) {
		bool second = offset >= t->first;
		uint8_t *guest = second ? t->page[1] + (offset - t->first) : t->page[0] + offset;
		uint32_t part = second || size <= t->first - offset ? size : t->first - offset;
		uint8_t *own = (uint8_t *)x + offset;

		memcpy(write ? guest : own, write ? own : guest, part);
		offset += part;
		size -= part;
	}
}

static void move_features(
	const struct target *t, struct xsave_area *x, uint64_t features, bool write)
{
	if (features & XFEATURE_X87) {
		move(t, x, 0, X87_FIRST_BYTES, write);
		move(t, x, ST_OFFSET, ST_BYTES, write);
	}
	if (features & XFEATURE_SSE) {
		move(t, x, MXCSR_OFFSET, MXCSR_BYTES, write);
		move(t, x, XMM_OFFSET, XMM_BYTES, write);
	}
	if (features & XFEATURE_AVX)
		move(t, x, XSAVE_AVX_OFFSET, XSAVE_AVX_SIZE, write);
}

static void save(struct xsave_area *x, uint64_t features, bool wide)
{
	uint32_t low = (uint32_t)features;

	memset(x, 0, sizeof(*x));
	if (wide)
		__asm__ volatile("xsave64 %0" : "+m"(*x) : "a"(low), "d"(0));
	else
		__asm__ volatile("xsave %0" : "+m"(*x) : "a"(low), "d"(0));
}

static void restore(const struct xsave_area *x, uint64_t features, bool wide)
{
	uint32_t low = (uint32_t)features;

	if (wide)
		__asm__ volatile("xrstor64 %0" : : "m"(*x), "a"(low), "d"(0));
	else
		__asm__ volatile("xrstor %0" : : "m"(*x), "a"(low), "d"(0));
}

bool handle_xsavec(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	struct xsave_area *x = &xsave_areas[v->index];
	uint64_t features;
	struct target t;
	struct operand o;

	if (!(c->vmcb->cr4 & CR4_OSXSAVE) || !operand_decode(v, 0xc7, 4, &o))
		return false;
	if (c->vmcb->cr0 & CR0_TS) {
		event_exception(v, VEC_NM, false, 0);
		return true;
	}
	if (!IS_ALIGNED(o.va, 64)) {
		event_exception(v, VEC_GP, true, 0);
		return true;
	}
	features = requested(c);
	if (!find(v, o.va, bytes_of(features), true, &t))
		return true;
	save(x, features, o.wide);
	x->xstate_bv = features;
	x->xcomp_bv = features | XCOMP_BV_COMPACT;
	move_features(&t, x, features, true);
	move(&t, x, HEADER, HEADER_WRITTEN, true);
	advance_rip(c, o.length);
	return true;
}

/* What the manual makes a #GP of, in an area of the compacted form. */
static bool is_malformed(const struct xsave_area *x, uint64_t features)
{
	uint64_t format = x->xcomp_bv & ~XCOMP_BV_COMPACT;

	for (size_t i = 0; i < sizeof(x->reserved_210); i++)
		if (x->reserved_210[i])
			return true;
	if (format & ~xgetbv(0) || x->xstate_bv & ~format)
		return true;
	return features & x->xstate_bv & XFEATURE_SSE && x->mxcsr & ~MXCSR_VALID;
}

/* In the compacted form MXCSR goes with SSE alone; in the other, with AVX too, and always. */
static uint32_t mxcsr_to_load(const struct xsave_area *x, uint64_t features)
{
	uint32_t current;

	if (features & XFEATURE_SSE)
		return x->xstate_bv & XFEATURE_SSE ? x->mxcsr : MXCSR_RESET;
	__asm__ volatile("stmxcsr %0" : "=m"(current));
	return current;
}

bool handle_compact_xrstor(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	struct xsave_area *x = &xsave_areas[v->index];
	uint64_t features = requested(c);
	struct target t;
	struct operand o;

	if (!(c->vmcb->cr4 & CR4_OSXSAVE) || !operand_decode(v, 0xae, 5, &o) ||
		!IS_ALIGNED(o.va, 64))
		return false;
	if (!find(v, o.va, bytes_of(features), false, &t))
		return true;
	memset(x, 0, sizeof(*x));
	move(&t, x, HEADER, 64, false);
	if (!(x->xcomp_bv & XCOMP_BV_COMPACT))
		return false;
	move_features(&t, x, features & x->xstate_bv, false);
	if (is_malformed(x, features))
		return false;
	x->mxcsr = mxcsr_to_load(x, features);
	x->xcomp_bv = 0;
	restore(x, features, o.wide);
	advance_rip(c, o.length);
	return true;
}
