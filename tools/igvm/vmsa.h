/* SPDX-License-Identifier: MIT */
/*
 * The state in which the first vCPU of a Nacre image starts.
 */
#ifndef NACRE_TOOLS_VMSA_H
#define NACRE_TOOLS_VMSA_H

#include "snp.h"

/* 32-bit protected mode, paging off, flat segments, RIP at @entry (below 4 GiB). */
void vmsa_init(struct vmsa *vmsa, uint32_t entry, uint64_t sev_features);

#endif
