/* SPDX-License-Identifier: MIT */
/*
 * The guest's first vCPU, which the paravisor makes itself. All others come by
 * CREATE_VCPU.
 */
#ifndef NACRE_KERNEL_FIRST_VCPU_H
#define NACRE_KERNEL_FIRST_VCPU_H

#include "snp.h"

/* A cleared page of the paravisor's own, which no request can name. */
struct vmsa *first_vcpu_save_area(void);

/*
 * Makes the filled page a save area and offers the vCPU to the calling CPU.
 * @calling_area is validated guest RAM. Terminates if that cannot be done.
 */
void first_vcpu_create(struct vmsa *vmsa, uint64_t calling_area);

#endif
