/* SPDX-License-Identifier: MIT */
/*
 * The memory operand of an instruction that the machine executes in QEMU's stead
 * (xsave.c): prefixes, ModRM, SIB and displacement, in 64-bit code and in code
 * with 32-bit addresses.
 */
#include "operand.h"
#include "insn.h"
#include "x86.h"

#define MAX_INSTRUCTION 15U
#define RM_SIB 4U
#define RM_DISPLACEMENT 5U /* with mod 0 */
#define INDEX_NONE 4U
#define REX_W 8U
#define REX_X 2U
#define REX_B 1U

struct decoder {
	struct vcpu *v;
	uint8_t code[MAX_INSTRUCTION];
	size_t size, at;
	uint8_t rex;
	uint8_t segment; /* the prefix, 0 none */
	bool address32;
	uint64_t base; /* the segment's */
	bool rip_relative;
};

/* Past the end there are zeros, which no instruction asked for here begins with. */
static uint8_t next(struct decoder *d)
{
	return d->at < d->size ? d->code[d->at++] : 0;
}

static uint64_t displacement(struct decoder *d, uint32_t bytes)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < bytes; i++)
		value |= (uint32_t)next(d) << 8 * i;
	return bytes == 1 ? (uint64_t)(int8_t)value : (uint64_t)(int32_t)value;
}

uint64_t gpr_value(const struct context *c, uint32_t number)
{
	const struct gpr *g = &c->gpr;
	const uint64_t values[16] = {c->vmcb->rax, g->rcx, g->rdx, g->rbx, c->vmcb->rsp, g->rbp,
		g->rsi, g->rdi, g->r8, g->r9, g->r10, g->r11, g->r12, g->r13, g->r14, g->r15};

	return values[number];
}

static uint64_t reg(const struct decoder *d, uint32_t number)
{
	return gpr_value(vcpu_context(d->v), number);
}

static void take_prefixes(struct decoder *d, bool is_64bit)
{
	for (; d->at < d->size; d->at++) {
		switch (d->code[d->at]) {
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
		case 0x64:
		case 0x65:
			d->segment = d->code[d->at];
			continue;
		case 0x67:
			d->address32 = is_64bit; /* 16-bit addresses are not taken */
			if (!is_64bit)
				return;
			continue;
		default:
			break;
		}
		break;
	}
	if (is_64bit && d->at < d->size && (d->code[d->at] & 0xf0) == 0x40)
		d->rex = next(d);
}

static uint64_t base_register(struct decoder *d, uint32_t rm, uint32_t mod, uint32_t *bytes)
{
	if (rm == RM_DISPLACEMENT && !mod) {
		*bytes = 4;
		return 0;
	}
	return reg(d, rm | (d->rex & REX_B ? 8 : 0));
}

static uint64_t sib_address(struct decoder *d, uint32_t mod, uint32_t *bytes)
{
	uint8_t sib = next(d);
	uint32_t index = (sib >> 3 & 7) | (d->rex & REX_X ? 8 : 0);
	uint64_t address = base_register(d, sib & 7, mod, bytes);

	if (index != INDEX_NONE)
		address += reg(d, index) << (sib >> 6);
	return address;
}

static uint64_t effective_address(struct decoder *d, uint8_t modrm, bool is_64bit)
{
	uint32_t mod = modrm >> 6, rm = modrm & 7;
	uint32_t bytes = mod == 1 ? 1 : mod == 2 ? 4 : 0;
	uint64_t address;

	if (rm == RM_SIB)
		address = sib_address(d, mod, &bytes);
	else
		address = base_register(d, rm, mod, &bytes);
	address += displacement(d, bytes);
	if (is_64bit && rm == RM_DISPLACEMENT && !mod)
		address += vcpu_context(d->v)->vmcb->rip + d->at;
	return is_64bit && !d->address32 ? address : (uint32_t)address;
}

/* In 64-bit code FS and GS alone have a base; the default elsewhere is DS, SS for the stack. */
static uint64_t segment_base(const struct decoder *d, uint8_t modrm, bool is_64bit)
{
	struct vmcb *b = vcpu_context(d->v)->vmcb;
	bool on_stack = (modrm & 7) == RM_DISPLACEMENT && modrm >> 6;

	svm_vmsave(virt_to_phys(b)); /* FS and GS are still in the processor */
	switch (d->segment) {
	case 0x64:
		return b->fs.base;
	case 0x65:
		return b->gs.base;
	default:
		break;
	}
	if (is_64bit)
		return 0;
	switch (d->segment) {
	case 0x26:
		return b->es.base;
	case 0x2e:
		return b->cs.base;
	case 0x36:
		return b->ss.base;
	case 0x3e:
		return b->ds.base;
	default:
		return on_stack ? b->ss.base : b->ds.base;
	}
}

bool operand_decode(struct vcpu *v, uint8_t opcode, uint32_t extension, struct operand *o)
{
	const struct context *c = vcpu_context(v);
	bool is_64bit = guest_is_64bit(c);
	struct decoder d = {.v = v};
	uint8_t modrm;

	if (!is_64bit && !(c->vmcb->cs.attributes & SEGMENT_ATTR_DB))
		return false;
	d.size = guest_fetch(v, d.code, sizeof(d.code));
	take_prefixes(&d, is_64bit);
	if (next(&d) != 0x0f || next(&d) != opcode)
		return false;
	modrm = next(&d);
	if (modrm >> 6 == 3 || (modrm >> 3 & 7) != extension)
		return false;
	o->va = effective_address(&d, modrm, is_64bit) + segment_base(&d, modrm, is_64bit);
	if (!is_64bit)
		o->va = (uint32_t)o->va;
	o->length = (uint32_t)d.at;
	o->wide = d.rex & REX_W;
	return true;
}
