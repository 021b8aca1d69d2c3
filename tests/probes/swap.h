/* SPDX-License-Identifier: MIT */
/*
 * A context that stores every register it was entered with, loads others, and
 * leaves by VMGEXIT with those: what a VMSA must carry in and out (swap.S).
 */
#ifndef PROBES_SWAP_H
#define PROBES_SWAP_H

#define SWAP_GPRS 16 /* RAX RCX RDX RBX RSP RBP RSI RDI R8 ... R15 */
#define SWAP_DR 128
#define SWAP_CR2 160
#define SWAP_XSAVE 192

#ifndef __ASSEMBLER__
#include "compiler.h"

struct swap {
	uint64_t gpr[SWAP_GPRS];
	uint64_t dr[4];
	uint64_t cr2;
	uint8_t reserved[24];
	uint8_t xsave[832];
} ALIGNED(64);
ASSERT_OFFSET(struct swap, dr, SWAP_DR);
ASSERT_OFFSET(struct swap, cr2, SWAP_CR2);
ASSERT_OFFSET(struct swap, xsave, SWAP_XSAVE);

/* What it found, and what it loads. */
extern struct swap swap_seen, swap_next;
extern const char swap_entry[];
#endif

#endif
