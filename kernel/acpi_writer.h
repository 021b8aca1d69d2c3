/* SPDX-License-Identifier: MIT */
/*
 * Bounded output of ACPI tables, for kernel/acpi.c and kernel/dsdt.c alone.
 * What does not fit is dropped and noted in @full; the caller looks at it once,
 * at the end.
 */
#ifndef NACRE_KERNEL_ACPI_WRITER_H
#define NACRE_KERNEL_ACPI_WRITER_H

#include "compiler.h"

struct acpi_writer {
	uint8_t *out;
	size_t size;
	size_t used;
	bool full;
};

void acpi_put(struct acpi_writer *writer, const void *data, size_t size);

/* Zeros up to the next multiple of @alignment, a power of two. */
void acpi_align(struct acpi_writer *writer, size_t alignment);

/* Starts a table with its common header; returns where it starts. */
size_t acpi_begin(struct acpi_writer *writer, const char *signature, uint8_t revision);

/* Ends the table that starts at @start: length and checksum. */
void acpi_end(struct acpi_writer *writer, size_t start);

/* kernel/dsdt.c: the whole DSDT; returns where it starts. */
size_t acpi_put_dsdt(struct acpi_writer *writer);

/* Its size, known beforehand. */
#define ACPI_DSDT_SIZE 1838U

#endif
