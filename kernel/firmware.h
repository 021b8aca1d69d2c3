/* SPDX-License-Identifier: MIT */
/*
 * What a UEFI firmware is given at its start, as pure functions: the reset
 * state of its vCPU and the memory map in IGVM's form.
 */
#ifndef NACRE_KERNEL_FIRMWARE_H
#define NACRE_KERNEL_FIRMWARE_H

#include "kernel/memory_map.h"
#include "snp.h"

/* A processor after reset (AMD64 APM volume 2, table 14-1), as an SNP guest at @vmpl. */
void firmware_fill_vmsa(struct vmsa *vmsa, unsigned int vmpl, uint64_t sev_features);

/*
 * RAM, without what the paravisor has taken of it, ascending and ended by an
 * entry without pages. False if there are more than @count entries.
 */
MUST_CHECK bool firmware_fill_memory_map(
	struct igvm_memory_map_entry *entries, unsigned int count, const struct memory_map *map);

#endif
