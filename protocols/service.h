/* SPDX-License-Identifier: MIT */
/*
 * Services that the paravisor vouches for: a constant table. A service gives
 * the body of its manifest; GUID and version before it are put there by
 * attest_manifest.c alone, so that no service can speak in another's name.
 */
#ifndef NACRE_PROTOCOLS_SERVICE_H
#define NACRE_PROTOCOLS_SERVICE_H

#include "compiler.h"
#include "lib/cbor.h"
#include "svsm.h"

struct service {
	uint8_t guid[SVSM_GUID_SIZE];
	uint32_t first_version, last_version; /* of the manifest; the first one for all services */
	/* Writes the body for one of these versions. Not on the way of any other call. */
	void (*manifest)(uint32_t version, struct cbor *out);
};

extern const struct service services[];
extern const unsigned int service_count;

/* The service with this GUID, or NULL. */
const struct service *service_find(const uint8_t guid[SVSM_GUID_SIZE]);

/* nacre-platform (service_platform.c). */
void service_platform_manifest(uint32_t version, struct cbor *out);

#endif
