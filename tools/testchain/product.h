/* SPDX-License-Identifier: MIT */
/*
 * The processors that a TEST chain can be for: names, CPUID, and where the
 * security patch levels (SPLs) stand in a TCB version.
 */
#ifndef NACRE_TOOLS_PRODUCT_H
#define NACRE_TOOLS_PRODUCT_H

#include "compiler.h"

/* The parts of a TCB that have a level of their own. */
enum tcb_part {
	TCB_FMC, /* Turin and later */
	TCB_BOOTLOADER,
	TCB_TEE,
	TCB_SNP,
	TCB_MICROCODE,
	TCB_PARTS,
};

struct product {
	const char *name;      /* as in KDS addresses: "Milan" */
	const char *chip_name; /* in a VCEK, with the stepping: "Milan-B0" */
	uint8_t family, model, stepping;
	uint8_t hwid_size; /* bytes of a chip's id that count; the others are zero */
	uint8_t structure_version;
	bool has_fmc;
	uint8_t tcb_byte[TCB_PARTS]; /* of the TCB version, for each part */
	const char *default_tcb;     /* as --tcb takes it */
};

/* NULL if there is none of that name. */
const struct product *product_find(const char *name);

/* "Milan, Genoa, Turin". */
const char *product_names(void);

/*
 * Reads "BL,TEE,SNP,UCODE", with FMC in front where the product has one; each 0
 * to 255. False if @text is not that.
 */
MUST_CHECK bool product_read_tcb(
	const struct product *product, const char *text, uint8_t tcb[TCB_PARTS]);

/* The 64-bit TCB version as reports have it. */
uint64_t product_tcb_version(const struct product *product, const uint8_t tcb[TCB_PARTS]);

#endif
