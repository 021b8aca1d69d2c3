/* SPDX-License-Identifier: MIT */
/*
 * A self-standing check of QEMU's SVM, started in the machine's place: a guest
 * of one page of code, its own page tables, and nested tables with and without
 * the C-bit, as the machine builds them.
 */
#ifndef PROBES_QEMU_FACTS_H
#define PROBES_QEMU_FACTS_H

#include "compiler.h"

struct vmcb;
struct gpr;

#define C_MASK BIT(51)

/* One guest: addresses are physical and the guest's linear ones alike. */
struct lab {
	struct vmcb *vmcb;
	struct gpr *gpr;
	uint64_t code, stack, data, idt;    /* pages */
	uint64_t *tables;                   /* the guest's: PML4, PDPT, PD, PT for its pages */
	uint64_t *npt_private, *npt_shared; /* leaf tables of the two views */
};
extern struct lab lab;

void lab_init(void);
/* Starts over: registers, intercepts and nested leaves as at first; @size bytes of code. */
void lab_reset(const void *code, uint32_t size);
/* Runs to the next exit; the low 32 bits of its code. */
uint32_t lab_run(void);
/* Both of them: most facts are about one instruction. */
uint32_t lab_run_code(const void *code, uint32_t size);
/* Sets the nested leaf of @page in the private view; 0 unmaps. */
void lab_map(uint64_t page, uint64_t flags);
/* Points the guest's gate for @vector at @offset in its code page. */
void lab_gate(uint8_t vector, uint32_t offset);

/* Machine code with a name. */
#define GUEST_CODE(name, text)                  \
	extern const char name[], name##_end[]; \
	__asm__(".pushsection .rodata\n" #name ": " text "\n" #name "_end:\n.popsection")
#define RUN(name) lab_run_code(name, (uint32_t)(name##_end - name))
#define RESET(name) lab_reset(name, (uint32_t)(name##_end - name))

/* Checks: print what was found and remember that the fact does not hold. */
#define EXPECT_EQ(actual, expected) \
	facts_equal(__LINE__, #actual, (uint64_t)(actual), (uint64_t)(expected))
void facts_equal(int line, const char *what, uint64_t actual, uint64_t expected);

#endif
