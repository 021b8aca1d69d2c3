/* SPDX-License-Identifier: MIT */
/*
 * Device DMA under the RMP: QEMU's IOMMU (intel-iommu), owned by the machine
 * and hidden from the guest, maps shared pages one to one and nothing else. On
 * hardware the RMP check does this; a refused transfer ends the run.
 */
#ifndef MACHINE_IOMMU_H
#define MACHINE_IOMMU_H

#include "core.h"

#define IOMMU_BASE 0xfed90000UL

/* Turns translation on; without the device the run says so and goes on. */
void iommu_init(void);
/* The pages' sharing has changed (under the RMP lock). */
void iommu_sync(uint64_t gpn, uint64_t count);
/* Ends the run if a device was refused a transfer since the last look. */
void iommu_check(void);

#endif
