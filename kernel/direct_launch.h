/* SPDX-License-Identifier: MIT */
/*
 * Direct boot of a Linux kernel that the host hands over and the measured
 * digests vouch for.
 */
#ifndef NACRE_KERNEL_DIRECT_LAUNCH_H
#define NACRE_KERNEL_DIRECT_LAUNCH_H

struct memory_map;

/* Plans guest RAM, keeping a window for transfers back; before other CPUs start. */
void direct_launch_plan(const struct memory_map *map);

/*
 * Brings the kernel in, checks it, builds what it needs, and offers its first
 * vCPU to the calling CPU. Ends in termination when that cannot be done.
 */
void direct_launch(const struct memory_map *map);

#endif
