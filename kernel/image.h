/* SPDX-License-Identifier: MIT */
/*
 * The symbols of linker.ld: where the parts of the image are, and the pages
 * that the launch fills.
 */
#ifndef NACRE_KERNEL_IMAGE_H
#define NACRE_KERNEL_IMAGE_H

#include "compiler.h"
#include "igvm.h"
#include "kernel/layout.h"
#include "launch.h"
#include "snp.h"

extern uint8_t __image_start[], __text_end[], __rodata_end[], __once_data_end[], __data_end[];
extern uint8_t __validate_start[], __bss_start[], __once_bss_end[], __bss_end[], __region_end[];
extern const uint8_t __build_id[], __build_id_end[];

extern struct snp_secrets special_secrets;
extern const struct snp_cpuid_page special_cpuid;
extern const struct launch_parameters special_parameters;
extern const struct igvm_memory_map_entry
	special_memory_map[MEMORY_MAP_PAGES * PAGE_SIZE / sizeof(struct igvm_memory_map_entry)];
extern const uint8_t special_madt[MADT_PAGES * PAGE_SIZE];
extern const struct launch_measured special_measured;
extern struct ghcb special_ghcb; /* shared memory; the first CPU's */

#endif
