/* SPDX-License-Identifier: MIT */
/*
 * Who the emulated secure processor is: the file that the TEST chain's maker
 * writes and scripts/machine hands over. Its keys are a test's, worth nothing.
 * Little-endian; keys are big-endian numbers below the order of P-384.
 */
#ifndef NACRE_CHIP_IDENTITY_H
#define NACRE_CHIP_IDENTITY_H

#include "compiler.h"

#define CHIP_IDENTITY_MAGIC "NACREPSP"
#define CHIP_IDENTITY_VERSION 1U
#define CHIP_KEY_SIZE 48U

struct chip_identity {
	uint8_t magic[8];
	uint32_t version;
	uint8_t cpuid_family, cpuid_model, cpuid_stepping; /* as reports have them */
	uint8_t reserved_f;
	uint64_t tcb; /* current, reported, committed and launch TCB alike */
	uint8_t chip_id[64];
	uint8_t vcek[CHIP_KEY_SIZE];
	uint8_t vlek[CHIP_KEY_SIZE]; /* zero: none was provisioned */
};
ASSERT_SIZE(struct chip_identity, 184);

#endif
