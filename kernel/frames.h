/* SPDX-License-Identifier: MIT */
/*
 * The frame allocator: 4 KiB pages of the region's zero-filled part and, for
 * machines with many CPUs, of a second stretch taken from RAM at launch. All
 * allocation happens before the guest runs; then the allocator is closed, so that
 * there is none on the request path, and nothing of the kernel's to leak.
 */
#ifndef NACRE_KERNEL_FRAMES_H
#define NACRE_KERNEL_FRAMES_H

#include "addr.h"
#include "compiler.h"

/* Hands @pages contiguous cleared pages out; NULL when there is no such stretch. */
void *frames_alloc(unsigned int pages);

/* Takes the pages back that were handed out last, @pages at @memory. */
void frames_give_back(void *memory, unsigned int pages);

/* As frames_alloc(), but ends in termination (TERM_NACRE_NO_MEMORY). */
void *frames_need(unsigned int pages);

/*
 * One page that is not the first of a 2 MiB block, which no save area may be
 * (SNP erratum 1467).
 */
void *frames_need_save_area(void);

/* Sets the stretch to allocate from; it must be mapped and validated. */
void frames_add(struct va start, uint64_t bytes);

/* From now on there are none: frames_alloc() gives NULL, and frames_need() ends. */
void frames_close(void);

uint64_t frames_free_bytes(void);

/* Physical address of memory in the image, the frame allocator or the map area. */
struct spa spa_of(const volatile void *memory);

/* Where the map area, linear at VA_MAP, lies in physical memory. */
void spa_set_map_area(struct spa base);

/* The inverse of spa_of() for page tables. */
void *spa_pointer(struct spa address);

#endif
