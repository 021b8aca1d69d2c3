/* SPDX-License-Identifier: MIT */
/*
 * The little of a firmware's work on QEMU's q35 machine that a directly booted
 * guest needs done before it starts: RAM instead of ROMs below 1 MiB, and the
 * ICH9 bridge's power-management block at the ports that the paravisor's FADT
 * names (kernel/acpi.h).
 */
#ifndef NACRE_DRIVERS_Q35_H
#define NACRE_DRIVERS_Q35_H

#include "compiler.h"

#define Q35_PM_BASE 0x600U

/* False when device 00:1f.0 is not an ICH9 bridge; then nothing was written. */
MUST_CHECK bool q35_enable_power_management(void);

/*
 * Has the host bridge show RAM from C0000h to FFFFFh, where ROMs are after
 * reset. False when device 00:00.0 is not q35's; then nothing was written.
 */
MUST_CHECK bool q35_uncover_low_ram(void);

#endif
