/* SPDX-License-Identifier: MIT */
/*
 * Making guest RAM usable at launch: private, validated, cleared, granted; by
 * all CPUs side by side.
 */
#ifndef NACRE_KERNEL_GUEST_RAM_H
#define NACRE_KERNEL_GUEST_RAM_H

#include "kernel/memory_map.h"

/*
 * Plans the work: all RAM but the paravisor's and @later, a span that is kept
 * for the launch (size 0: none). Before other CPUs start.
 */
void guest_ram_plan(const struct memory_map *map, struct page_span later);

/* Takes part until nothing is left to take; any CPU. */
void guest_ram_help(void);

/* Takes part, shows progress, and waits until everything is done. */
void guest_ram_finish(void);

/* Does one span, on the calling CPU. */
void guest_ram_prepare(struct page_span span);

#endif
