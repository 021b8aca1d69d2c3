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
	const struct service *service; /* NULL: all of them */
	uint32_t manifest_version;     /* of a single service */
};

/*
 * Copies the structure at @address and the nonce, once each, and checks all of
 * it. @single: it is that of ATTEST_SINGLE_SERVICE.
 */
MUST_CHECK enum svsm_result attest_decode(
	uint64_t address, bool single, struct attest_operation *operation);

/*
 * The services manifest, or that of the one service that is asked for; its size, 0 if
 * @room bytes do not hold it.
 */
MUST_CHECK uint32_t attest_manifest(
	const struct attest_operation *operation, uint8_t *memory, uint32_t room);

#endif
