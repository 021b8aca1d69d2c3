/* SPDX-License-Identifier: MIT */
/* Decodes an instruction with a memory operand that the machine executes itself. */
#ifndef MACHINE_OPERAND_H
#define MACHINE_OPERAND_H

#include "vcpu.h"

struct operand {
	uint64_t va;     /* linear address */
	uint32_t length; /* of the instruction */
	bool wide;       /* REX.W */
};

/*
 * True if the instruction at RIP is 0F @opcode /@extension with a memory operand,
 * which @o then tells. Code with 16-bit addresses is not decoded.
 */
bool operand_decode(struct vcpu *v, uint8_t opcode, uint32_t extension, struct operand *o);

/* General-purpose register @number, 0 to 15, as instructions number them. */
uint64_t gpr_value(const struct context *c, uint32_t number);

#endif
