/* SPDX-License-Identifier: MIT */
/*
 * What a run is counted by: exits per kind and VMPL, instructions in each VMPL
 * (under icount the time stamp counts instructions), SVSM calls. Printed at the
 * end of a run as a table and as one line of JSON.
 */
#ifndef MACHINE_COUNTERS_H
#define MACHINE_COUNTERS_H

#include "core.h"

enum exit_kind {
	COUNT_VMGEXIT,
	COUNT_HLT,
	COUNT_NPF,
	COUNT_NMI,
	COUNT_CPUID,
	COUNT_IOIO,
	COUNT_MSR,
	COUNT_UNDEFINED,
	COUNT_OTHER,
	COUNT_KINDS,
};

struct counters {
	uint64_t exits[4][COUNT_KINDS];
	uint64_t vc[4];
	uint64_t instructions[4];
	uint64_t switches;
	uint64_t svsm_calls; /* entries of VMPL 0 that a lower VMPL asked for */
	uint64_t steps;
	uint64_t write_traps; /* of CR0, CR4, EFER */
	uint64_t pvalidate, rmpadjust, rmpquery;
	uint64_t tlb_flushes; /* INVLPGB ... TLBSYNC by the guest */
	uint64_t flushes_missed;
	uint64_t barriers; /* for the branch predictor */
	uint64_t psc_calls, psc_pages;
	uint64_t implicit_pages; /* made private by the host when they were touched first */
	uint64_t ioio, mmio, msr;
	uint64_t launch_pages;
};

extern struct counters counters;
/* Every vCPU counts here at once. */
#define COUNT_MANY(field, n) ((void)__atomic_fetch_add(&counters.field, (n), __ATOMIC_RELAXED))
#define COUNT(field) COUNT_MANY(field, 1)
extern const char *const count_kind_names[COUNT_KINDS];

/* The sums so far, instructions of all vCPUs with them. */
struct counters counters_now(void);
void counters_print(const struct counters *all);
/* One object of JSON, without an end of the line. */
void counters_print_json(const struct counters *all);

#endif
