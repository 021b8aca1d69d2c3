/* SPDX-License-Identifier: MIT */
/*
 * The launch updates that an IGVM file leads to on SEV-SNP: which pages the
 * secure processor gets, as what type, in which order. The measurement and
 * the inspector's totals both walk this list.
 */
#ifndef NACRE_TOOLS_LAUNCH_WALK_H
#define NACRE_TOOLS_LAUNCH_WALK_H

#include "parse.h"
#include "snp.h"

enum launch_order {
	/* As QEMU's loader and KVM issue them (launch_walk.c says how that differs). */
	LAUNCH_ORDER_QEMU,
	/* As the headers stand in the file. */
	LAUNCH_ORDER_FILE,
};

/* launch_vcpus() of the file: as many VMSAs as it describes itself. */
#define LAUNCH_VMSAS_OF_FILE (-1)
#define LAUNCH_VMSAS_MAX 4096

struct launch_options {
	enum launch_order order;
	/*
	 * vCPUs whose VMSA is measured, 1 to LAUNCH_VMSAS_MAX, or
	 * LAUNCH_VMSAS_OF_FILE. A vCPU without a VP_CONTEXT of its own counts
	 * with a copy of vCPU 0's.
	 */
	int vmsas;
};

/* One launch update of 4 KiB. */
struct launch_page {
	enum snp_page_type type;
	uint64_t gpa;
	const uint8_t *data; /* 4096 bytes of the file, or NULL: zeros */
};

/* What to do with each page; false ends the walk. */
typedef bool (*launch_page_fn)(void *context, const struct launch_page *page);

/*
 * Calls @each for every launch update. False if the file cannot be launched
 * on SEV-SNP with these options (@error says why) or if @each returned false
 * (@error is untouched).
 */
MUST_CHECK bool launch_walk(const struct igvm_file *file, const struct launch_options *options,
	launch_page_fn each, void *context, struct tool_error *error);

/* The vCPUs that the file's VP_CONTEXT headers for SEV-SNP reach: highest index + 1, or 0. */
unsigned int launch_vcpus(const struct igvm_file *file);

const char *launch_order_name(enum launch_order order);

#endif
