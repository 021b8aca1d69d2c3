/* SPDX-License-Identifier: MIT */
/*
 * The table of facts at the start.
 */
#ifndef NACRE_KERNEL_BANNER_H
#define NACRE_KERNEL_BANNER_H

struct memory_map;

struct banner {
	unsigned int cpus;
	const struct memory_map *memory;
};

void banner_print(const struct banner *banner);

#endif
