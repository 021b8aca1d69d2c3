/* SPDX-License-Identifier: MIT */
/*
 * Services that the paravisor vouches for: those of the kernel's own, a constant table,
 * and those in ring 3 that have announced a manifest. A service gives the body of its
 * manifest; GUID and version before it are put there by attest_manifest.c alone, so
 * that no service can speak in another's name.
 */
#ifndef NACRE_PROTOCOLS_SERVICE_H
#define NACRE_PROTOCOLS_SERVICE_H

#include "compiler.h"
#include "lib/cbor.h"
#include "service_table.h"
#include "svsm.h"

struct service_slot;
struct svsm_call;

struct service {
	uint8_t guid[SVSM_GUID_SIZE];
	uint32_t first_version, last_version; /* of the manifest; the first one for all services */
	/* The kernel's own: writes the body for one of these versions. */
	void (*manifest)(uint32_t version, struct cbor *out);
	/* In ring 3: it is asked (service_manifest.c). NULL for the kernel's own. */
	struct service_slot *slot;
};

#define SERVICES_VOUCHED_MAX (1U + SERVICE_TABLE_MAX)

/* All that are there at the moment; how many. */
unsigned int services_vouched(struct service list[SERVICES_VOUCHED_MAX]);

/* The one with this GUID, also if it has ended; false if there is none. */
MUST_CHECK bool service_find(const uint8_t guid[SVSM_GUID_SIZE], struct service *found);

/*
 * The body of manifest @version of a service in ring 3, written by itself on behalf of
 * @call: an SVSM result, and *@size of @room bytes at @memory.
 */
MUST_CHECK uint32_t service_manifest(struct service_slot *slot, uint32_t version,
	const struct svsm_call *call, uint8_t *memory, uint32_t room, uint32_t *size);

/* nacre-platform (service_platform.c). */
void service_platform_manifest(uint32_t version, struct cbor *out);

#endif
