/* SPDX-License-Identifier: MIT */
/* Where a probe's launch puts what it is told: pages below its image. */
#ifndef GUEST_LAYOUT_H
#define GUEST_LAYOUT_H

#define PROBE_SECRETS 0x8000
#define PROBE_CPUID 0x9000
#define PROBE_PARAMETERS 0xa000
#define PROBE_MEMORY_MAP 0xb000
#define PROBE_MADT 0xc000

#endif
