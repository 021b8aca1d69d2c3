/* SPDX-License-Identifier: MIT */
/*
 * The parts of the attestation protocol (58019, section 5): decoding the
 * operation structure, and manifests.
 */
#ifndef NACRE_PROTOCOLS_ATTEST_H
#define NACRE_PROTOCOLS_ATTEST_H

#include "platform.h"
#include "protocols/service.h"
#include "svsm.h"

/* Memory of the guest's; nothing if @size is 0. */
struct attest_buffer {
	uint64_t address;
	uint32_t size;
};

/* No output is longer, whatever room there is for it. */
#define ATTEST_OUTPUT_MAX (16 * KIB)

/* A call, decoded and checked. */
struct attest_operation {
	struct attest_buffer report, manifest, certificates;
	uint8_t nonce[SVSM_NONCE_SIZE];
	uint64_t address; /* of the structure itself */
	bool single;      /* one service, and this manifest of it; else all of them */
	uint32_t manifest_version;
	struct service service;
};

/*
 * Copies the structure at @address and the nonce, once each, and checks all of
 * it. @single: it is that of ATTEST_SINGLE_SERVICE.
 */
MUST_CHECK enum svsm_result attest_decode(
	uint64_t address, bool single, struct attest_operation *operation);

/*
 * The services manifest, or that of the one service that is asked for: an SVSM result,
 * INVALID_REQUEST if @room bytes do not hold it, and *@size. Services in ring 3 are
 * asked for theirs.
 */
MUST_CHECK uint32_t attest_manifest(const struct svsm_call *call,
	const struct attest_operation *operation, uint8_t *memory, uint32_t room, uint32_t *size);

#endif
