/* SPDX-License-Identifier: MIT */
/*
 * Writes of control registers that change nothing of weight. Exits before them
 * are the machine's own (write traps, loose.c), and to run each instruction alone
 * would cost a second one: OVMF writes CR0, CR3 and CR4 back at the end of every
 * exception. So these are done here; all others take a step.
 */
#include "vcpu.h"
#include "operand.h"
#include "x86.h"

#define REX_MASK 0xf0U
#define REX 0x40U
#define REX_B 1U
#define REX_R 4U
#define CR0_LIGHT (CR0_WP | CR0_TS | CR0_MP | CR0_EM)

/* MOV CRn, reg: the value, and the instruction's length; 0 if it is not that. */
static uint32_t decode(struct vcpu *v, uint32_t number, uint64_t *value)
{
	const struct context *c = vcpu_context(v);
	uint8_t code[4] = {0};
	uint32_t at = 0, rex = 0, modrm;

	guest_fetch(v, code, sizeof(code));
	if (guest_is_64bit(c) && (code[0] & REX_MASK) == REX)
		rex = code[at++];
	if (code[at] != 0x0f || code[at + 1] != 0x22)
		return 0;
	modrm = code[at + 2];
	if ((modrm >> 3 & 7) + (rex & REX_R ? 8 : 0) != number)
		return 0;
	*value = gpr_value(c, (modrm & 7) + (rex & REX_B ? 8 : 0));
	return at + 3;
}

static bool is_light(const struct vmcb *b, uint32_t number, uint64_t value)
{
	if (number == 0)
		return !((value ^ b->cr0) & ~(uint64_t)CR0_LIGHT);
	if (number == 4)
		return !((value ^ b->cr4) & ~(uint64_t)CR4_PGE);
	return value == b->cr3; /* a flush, as every entry is one */
}

bool control_write(struct vcpu *v, uint32_t number)
{
	struct context *c = vcpu_context(v);
	uint64_t value;
	uint32_t length = decode(v, number, &value);

	if (!length || c->step.active || !is_light(c->vmcb, number, value))
		return false;
	advance_rip(c, length);
	if (number == 0) {
		c->vmcb->cr0 = value;
		write_trap(v, SVM_EXIT_CR0_WRITE_TRAP, value);
	} else if (number == 4) {
		c->vmcb->cr4 = value;
		write_trap(v, SVM_EXIT_CR4_WRITE_TRAP, value);
	}
	return true;
}
