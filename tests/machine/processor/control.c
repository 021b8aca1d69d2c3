/* SPDX-License-Identifier: MIT */
/*
 * Writes of control registers that change nothing of weight. The exits before them
 * are the machine's own (for the write traps), and to run each instruction alone
 * would cost a second one. edk2 writes CR0, CR2, CR3 and CR4 back at the end of every
 * exception, and takes ten of those for a tick of its timer: so light writes are done
 * here, with what stands between them there; all others take a step.
 */
#include "vcpu.h"
#include "operand.h"
#include "x86.h"

#define REX_MASK 0xf0U
#define REX 0x40U
#define REX_B 1U
#define REX_R 4U
#define LONGEST 4U /* bytes of an instruction done here */
#define RFLAGS_ARITHMETIC (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)
#define CR0_LIGHT (CR0_WP | CR0_TS | CR0_MP | CR0_EM)

struct run {
	struct vcpu *v;
	struct vmcb *b;
	uint8_t code[48]; /* at RIP, then zeros */
	uint32_t at;      /* what has been done of it */
};

/* The instruction's length; 0 if it is not one of these. */
struct move {
	uint32_t length, number;
	uint64_t value;
};

/* MOV CRn, reg */
static struct move decode(const struct run *r)
{
	const uint8_t *code = &r->code[r->at];
	uint32_t at = 0, rex = 0, modrm;

	if ((code[0] & REX_MASK) == REX)
		rex = code[at++];
	if (code[at] != 0x0f || code[at + 1] != 0x22)
		return (struct move){0};
	modrm = code[at + 2];
	return (struct move){
		.length = at + 3,
		.number = (modrm >> 3 & 7) + (rex & REX_R ? 8 : 0),
		.value = gpr_value(vcpu_context(r->v), (modrm & 7) + (rex & REX_B ? 8 : 0)),
	};
}

static bool is_light(const struct vmcb *b, const struct move *m)
{
	switch (m->number) {
	case 0:
		return !((m->value ^ b->cr0) & ~(uint64_t)CR0_LIGHT);
	case 2:
		return true;
	case 3:
		return m->value == b->cr3; /* a flush, as every entry is one */
	case 4:
		return !((m->value ^ b->cr4) & ~(uint64_t)CR4_PGE);
	default:
		return false;
	}
}

static void write(struct run *r, const struct move *m)
{
	if (m->number == 0) {
		r->b->cr0 = m->value;
		write_trap(r->v, SVM_EXIT_CR0_WRITE_TRAP, m->value);
	} else if (m->number == 2) {
		r->b->cr2 = m->value;
	} else if (m->number == 4) {
		r->b->cr4 = m->value;
		write_trap(r->v, SVM_EXIT_CR4_WRITE_TRAP, m->value);
	}
}

static bool do_write(struct run *r)
{
	struct move m = decode(r);

	if (!m.length || !is_light(r->b, &m))
		return false;
	write(r, &m);
	r->at += m.length;
	return true;
}

/* POP RAX */
static bool do_pop(struct run *r)
{
	uint64_t value;

	if (r->code[r->at] != 0x58 || !guest_read(r->v, r->b->rsp, &value, sizeof(value)))
		return false;
	r->b->rax = value;
	r->b->rsp += sizeof(value);
	r->at++;
	return true;
}

/* ADD RSP, imm8 */
static bool do_add(struct run *r)
{
	static const uint8_t add_rsp[] = {0x48, 0x83, 0xc4};
	uint64_t flags;

	if (__builtin_memcmp(&r->code[r->at], add_rsp, sizeof(add_rsp)) != 0)
		return false;
	__asm__("addq %2, %0; pushfq; popq %1"
		: "+r"(r->b->rsp), "=r"(flags)
		: "r"((int64_t)(int8_t)r->code[r->at + sizeof(add_rsp)])
		: "cc");
	r->b->rflags = (r->b->rflags & ~(uint64_t)RFLAGS_ARITHMETIC) | (flags & RFLAGS_ARITHMETIC);
	r->at += sizeof(add_rsp) + 1;
	return true;
}

bool control_write(struct vcpu *v)
{
	struct context *c = vcpu_context(v);
	struct run r = {.v = v, .b = c->vmcb};

	if (c->step.active || r.b->rflags & RFLAGS_TF || !guest_is_64bit(c))
		return false;
	guest_fetch(v, r.code, sizeof(r.code) - LONGEST);
	if (!do_write(&r))
		return false;
	while (do_pop(&r) || do_add(&r) || do_write(&r))
		;
	advance_rip(c, r.at);
	return true;
}
