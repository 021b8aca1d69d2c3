/* SPDX-License-Identifier: MIT */
/*
 * The launch note (include/launch.h): what nacre-igvm has to put where. It is
 * read from the ELF file and never loaded.
 */
#include "kernel/layout.h"

#define PA(symbol) ((symbol) - VA_OFFSET)
#define SEV_FEATURE_SNP 1

	.section .note.nacre.launch, "", @note
	.balign 4
	.long name_end - name
	.long desc_end - desc
	.long 1 /* LAUNCH_NOTE_TYPE */
name:
	.asciz "Nacre"
name_end:
	.balign 4
desc:
	.long 1, 0 /* LAUNCH_NOTE_VERSION */
	.quad PA(boot_entry)
	.quad REGION_GPA
	.quad REGION_SIZE + SPARE_SIZE
	.quad PA(special_secrets)
	.quad PA(special_cpuid)
	.quad PA(special_parameters)
	.quad PA(special_memory_map)
	.quad MEMORY_MAP_PAGES
	.quad PA(special_madt)
	.quad MADT_PAGES
	.quad PA(special_measured)
	.quad SEV_FEATURE_SNP
desc_end:

	.section .note.GNU-stack, "", @progbits
