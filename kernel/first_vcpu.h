/* SPDX-License-Identifier: MIT */
/*
 * The guest's first vCPU, which the paravisor makes itself. All others come by
 * CREATE_VCPU.
 */
#ifndef NACRE_KERNEL_FIRST_VCPU_H
#define NACRE_KERNEL_FIRST_VCPU_H

#include "kernel/guest_pages.h"
#include "platform.h"
#include "snp.h"

/* What its secrets page says of the paravisor, which has @carve_out besides its region. */
struct guest_svsm_info first_vcpu_svsm(const struct page_span *carve_out, uint64_t calling_area);

/* A cleared page of the paravisor's own, which no request can name. */
struct vmsa *first_vcpu_save_area(void);

/*
 * Makes the filled page a save area and offers the vCPU to the calling CPU.
 * @calling_area is validated guest RAM. Terminates if that cannot be done.
 */
void first_vcpu_create(struct vmsa *vmsa, uint64_t calling_area);

#endif
