/* SPDX-License-Identifier: MIT */
/*
 * The exception table: instructions that may fault because the host took a
 * page of the guest's away, and where to go on then. Nothing else in the
 * paravisor may fault.
 */
#ifndef NACRE_KERNEL_EXTABLE_H
#define NACRE_KERNEL_EXTABLE_H

#include "compiler.h"

/* Inside an asm statement: a fault at label @insn goes on at label @fixup. */
#define EXTABLE(insn, fixup)                                                    \
	".pushsection .extable, \"a\"\n\t.balign 8\n\t.quad " #insn ", " #fixup \
	"\n\t.popsection\n\t"

struct extable_entry {
	uint64_t insn, fixup;
};

/* Where to go on after a fault at @rip; 0: nowhere, the fault is fatal. */
uint64_t extable_find(uint64_t rip);

#endif
