/* SPDX-License-Identifier: MIT */
/*
 * AMD's products as an attestation report and the certificates tell them apart,
 * and what the eight bytes of a TCB version mean on each.
 */
#ifndef NACRE_VERIFY_TCB_H
#define NACRE_VERIFY_TCB_H

#include "compiler.h"

/* A line of processors with an ARK of its own. */
enum product_line {
	PRODUCT_UNKNOWN,
	PRODUCT_MILAN,
	PRODUCT_GENOA,
	PRODUCT_TURIN,
	PRODUCT_LINES
};

const char *product_name(enum product_line line);

/* Family (with the extended one added) and model as reports of version 3 and later have them. */
enum product_line product_of_cpuid(uint8_t family, uint8_t model);

/* "Milan", or with a stepping as VCEK certificates have it, "Milan-B0". */
enum product_line product_of_name(const char *name);

#define TCB_PARTS_MAX 5
#define TCB_TEXT_SIZE 96

/* A security version number: where it lies in the TCB, and in a certificate. */
struct tcb_part {
	const char *name; /* as policies have it */
	uint8_t byte;     /* of the TCB version, from the lowest */
	uint8_t oid;      /* last number of the certificate's extension 1.3.6.1.4.1.3704.1.3.x */
};

struct tcb_layout {
	struct tcb_part parts[TCB_PARTS_MAX];
	size_t count;
};

/* PRODUCT_UNKNOWN has none: NULL. */
const struct tcb_layout *tcb_layout(enum product_line line);

static inline uint8_t tcb_part_value(uint64_t tcb, const struct tcb_part *part)
{
	return (uint8_t)(tcb >> 8 * part->byte);
}

/* The bits that belong to no part; all of them without a layout. */
uint64_t tcb_reserved_bits(uint64_t tcb, const struct tcb_layout *layout);

/* "bootloader 2, tee 0, snp 5, microcode 68", or hexadecimal without a layout. Returns @text. */
const char *tcb_text(uint64_t tcb, const struct tcb_layout *layout, char text[TCB_TEXT_SIZE]);

#endif
