/* SPDX-License-Identifier: MIT */
/*
 * Manifests of services in ring 3; see service.h. What a report has once vouched for
 * stays so: a manifest that is not what it was in this launch is the service's end.
 */
#include <string.h>

#include "kernel/service_request.h"
#include "lib/sha256.h"
#include "platform.h"
#include "protocols/service.h"

static void digest_of(const uint8_t *body, uint32_t size, uint8_t digest[SHA256_SIZE])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, body, size);
	sha256_finish(&ctx, digest);
}

/* The first time it is kept in mind. */
static bool is_as_before(struct service_slot *slot, uint32_t version)
{
	struct service_manifest_digest *kept =
		&slot->manifests[version - slot->announcement.first_manifest];
	uint8_t digest[SHA256_SIZE];

	digest_of(slot->payload, slot->reply_size, digest);
	if (kept->known)
		return sha256_equal(digest, kept->sha256);
	memcpy(kept->sha256, digest, sizeof(digest));
	kept->known = true;
	return true;
}

static uint32_t take(
	struct service_slot *slot, uint32_t version, uint8_t *memory, uint32_t room, uint32_t *size)
{
	if (!slot->reply_size || slot->reply_size > room)
		return SVSM_ERR_INVALID_REQUEST;
	if (!is_as_before(slot, version)) {
		service_end(slot, SERVICE_ENDED_RULES, SERVICE_REPLY);
		return SVSM_ERR_SERVICE_ENDED;
	}
	memcpy(memory, slot->payload, slot->reply_size);
	*size = slot->reply_size;
	return SVSM_SUCCESS;
}

uint32_t service_manifest(struct service_slot *slot, uint32_t version, const struct svsm_call *call,
	uint8_t *memory, uint32_t room, uint32_t *size)
{
	uint32_t result;

	/* The version is part of what the call is: a guest may change it between repetitions. */
	if (!service_request_claim(slot, (uint64_t)SVSM_PROTOCOL_ATTEST << 32 | version, call->rcx))
		return SVSM_ERR_BUSY;
	result = service_request_perform(slot, SERVICE_REQUEST_MANIFEST, version, 0);
	if (!result)
		result = take(slot, version, memory, room, size);
	service_release(slot);
	return result;
}
