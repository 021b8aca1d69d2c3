/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables for a guest that the paravisor boots directly, without firmware:
 * RSDP, XSDT, FADT, FACS, MADT and a fixed DSDT, from facts the paravisor has
 * checked. They describe QEMU's q35 machine (drivers/q35.h puts its power
 * management where the FADT says). No byte of the host's AML is used.
 */
#ifndef NACRE_KERNEL_ACPI_H
#define NACRE_KERNEL_ACPI_H

#include "compiler.h"

/*
 * PCI memory window of the DSDT: [ACPI_PCI_WINDOW, REGION_GPA). No RAM may lie
 * in it (q35 ends low RAM at 0xb0000000 at the latest).
 */
#define ACPI_PCI_WINDOW 0xc0000000ULL

#define ACPI_MAX_CPUS 512U

enum acpi_error {
	ACPI_OK = 0,
	ACPI_NO_SPACE = 1,      /* the output buffer is too small */
	ACPI_BAD_CPUS = 2,      /* no vCPU, too many, or an APIC id that occurs twice */
	ACPI_BAD_ADDRESS = 3,   /* output not 64-byte aligned, or not below 4 GiB */
	ACPI_RAM_IN_WINDOW = 4, /* RAM in the PCI window */
};

struct acpi_facts {
	const uint32_t *apic_ids; /* of all vCPUs, the boot vCPU first */
	unsigned int cpu_count;
	uint64_t low_ram_end; /* end of the RAM below 4 GiB */
};

/* An upper bound of what acpi_build() writes for @cpu_count vCPUs, in bytes. */
size_t acpi_size(unsigned int cpu_count);

/*
 * Writes all tables to @out, @size bytes that the guest will see at @gpa. The
 * RSDP is at @gpa itself. The area must be marked as ACPI data in the guest's
 * memory map.
 */
MUST_CHECK enum acpi_error acpi_build(
	void *out, size_t size, uint64_t gpa, const struct acpi_facts *facts);

#endif
