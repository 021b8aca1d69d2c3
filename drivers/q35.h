/* SPDX-License-Identifier: MIT */
/*
 * The little of a firmware's work on QEMU's q35 machine that a directly booted
 * guest needs done before it starts: the ICH9 bridge's power-management block
 * at the ports the paravisor's FADT names (kernel/acpi.h).
 */
#ifndef NACRE_DRIVERS_Q35_H
#define NACRE_DRIVERS_Q35_H

#include "compiler.h"

#define Q35_PM_BASE 0x600U

/* False when device 00:1f.0 is not an ICH9 bridge; then nothing was written. */
MUST_CHECK bool q35_enable_power_management(void);

#endif
