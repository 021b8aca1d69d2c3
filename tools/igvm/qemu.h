/* SPDX-License-Identifier: MIT */
/*
 * What QEMU (backends/igvm.c and target/i386/sev.c, 10.1 to 11.0) and KVM would
 * not take, or would take otherwise than the format says. The inspector and
 * the measurer print it; the builder checks its own output with it.
 */
#ifndef NACRE_TOOLS_QEMU_H
#define NACRE_TOOLS_QEMU_H

#include "parse.h"

struct qemu_remark {
	uint64_t offset; /* in the file */
	char text[160];
};

typedef void (*qemu_remark_fn)(void *context, const struct qemu_remark *remark);

/* Calls @each for every remark on @file as an SEV-SNP image; returns their number. */
size_t qemu_check(const struct igvm_file *file, qemu_remark_fn each, void *context);

#endif
