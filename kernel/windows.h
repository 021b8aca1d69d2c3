/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU mapping windows: how the paravisor reaches guest memory. Each is one
 * page-table entry that its CPU alone changes and uses, so that a local INVLPG
 * is all the flushing it needs.
 */
#ifndef NACRE_KERNEL_WINDOWS_H
#define NACRE_KERNEL_WINDOWS_H

#include "addr.h"
#include "kernel/cpu.h"

enum window {
	WINDOW_STATE = 0,        /* save area of the current vCPU */
	WINDOW_CALLING_AREA = 1, /* its calling area */
	WINDOW_STATE_NEW = 2,    /* the same for a vCPU that was offered */
	WINDOW_CALLING_AREA_NEW = 3,
	WINDOW_TARGET = 4, /* page that a request acts on */
	WINDOW_DATA = 5,   /* guest_read(), guest_write() */
	WINDOW_COUNT = 6,
};
static_assert(WINDOW_TARGET != 0, "platform/sev-snp/insn.h tells addresses from results");
static_assert(WINDOW_COUNT <= WINDOWS_PER_CPU, "kernel/layout.h reserves WINDOWS_PER_CPU");

/* Reserves the page-table entries of @cpu. */
void windows_create(struct cpu *cpu);

/* Maps the 4 KiB page at @page, private and writable; replaces what was there. */
struct va window_map(struct cpu *cpu, enum window window, uint64_t page);

/* Maps the 2 MiB at @page into the CPU's only large window. */
struct va window_map_2m(struct cpu *cpu, uint64_t page);

void window_unmap(struct cpu *cpu, enum window window);
void window_unmap_2m(struct cpu *cpu);

#endif
