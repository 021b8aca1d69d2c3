/* SPDX-License-Identifier: MIT */
/* From an entry to guest_main(): what the two ways of starting share. */
#ifndef GUEST_START_H
#define GUEST_START_H

#include "guest.h"

/*
 * Goes on once guest.secrets, .cpuid, .ram, the APIC ids and whatever the
 * launch says of the command line are known. @load_tables: paging is not ours yet.
 */
_Noreturn void guest_start_common(bool load_tables);
/* Takes the APIC ids of enabled processors out of a MADT. */
void guest_read_madt(const void *madt);
/* C-bit out of the CPUID page. */
void guest_read_cpuid_page(void);
/* Adds RAM below 1 MiB's reserved part or above; @size may be 0. */
void guest_add_ram(uint64_t base, uint64_t size);

_Noreturn void guest_start_probe(void);
_Noreturn void guest_start_linux(const void *boot_params);

#endif
