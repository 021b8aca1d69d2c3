/* SPDX-License-Identifier: MIT */
/*
 * Validation of memory that is the paravisor's own: the region's rest by stage
 * 2, the carve-out by the kernel.
 */
#ifndef NACRE_KERNEL_OWN_MEMORY_H
#define NACRE_KERNEL_OWN_MEMORY_H

#include "addr.h"

/*
 * Validates @bytes at @va, which is mapped to @physical and private on the
 * host's side; 2 MiB at once where addresses and host allow it. Terminates when
 * the processor refuses, or when a page was validated before: its frame may be
 * another one by now.
 */
void own_memory_validate(struct va va, uint64_t physical, uint64_t bytes);

#endif
