/* SPDX-License-Identifier: MIT */
/*
 * The list of CPUs out of the MADT that the host gives as an IGVM parameter.
 */
#ifndef NACRE_KERNEL_MADT_H
#define NACRE_KERNEL_MADT_H

#include "compiler.h"

enum madt_error {
	MADT_OK = 0,
	MADT_MALFORMED, /* signature, lengths */
	MADT_TOO_MANY,  /* more CPUs than the caller has room for */
	MADT_DUPLICATE, /* an APIC id twice */
};

/*
 * Reads @size bytes of hostile memory, each byte once. The APIC ids of enabled
 * CPUs go to @apic_ids in the table's order, the boot CPU's first. An absent
 * table (all zero) gives no CPU.
 */
MUST_CHECK enum madt_error madt_decode(const uint8_t *table, size_t size, uint32_t *apic_ids,
	unsigned int max, unsigned int *count);

const char *madt_error_text(enum madt_error error);

#endif
