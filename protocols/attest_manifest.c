/* SPDX-License-Identifier: MIT */
/*
 * Manifests: what a report's data is made of besides the nonce. Each one is
 * its service's GUID and version, then the body that the service writes; but for
 * the bare one of the vTPM, which begins as no such head does.
 */
#include <string.h>

#include "protocols/attest.h"
#include "tpm2.h"

struct writer {
	uint8_t *memory;
	uint32_t used, room; /* bytes */
	const struct svsm_call *call;
};

/* Room for @size bytes, or NULL. */
static void *reserve(struct writer *w, uint32_t size)
{
	uint8_t *at = w->memory + w->used;

	if (size > w->room - w->used)
		return NULL;
	w->used += size;
	return at;
}

static bool put_head(struct writer *w, const struct service *service, uint32_t version)
{
	struct nacre_manifest_header header = {.version = version},
				     *at = reserve(w, sizeof(header));

	memcpy(header.guid, service->guid, SVSM_GUID_SIZE);
	if (at)
		memcpy(at, &header, sizeof(header));
	return at;
}

static uint32_t put_own_body(struct writer *w, const struct service *service, uint32_t version)
{
	struct cbor body;

	cbor_start(&body, w->memory + w->used, w->room - w->used);
	service->manifest(version, &body);
	if (body.full)
		return SVSM_ERR_INVALID_REQUEST;
	w->used = (uint32_t)(body.at - w->memory);
	return SVSM_SUCCESS;
}

static uint32_t put_body(struct writer *w, const struct service *service, uint32_t version)
{
	uint32_t size = 0, result;

	if (!service->slot)
		return put_own_body(w, service, version);
	result = service_manifest(
		service->slot, version, w->call, w->memory + w->used, w->room - w->used, &size);
	w->used += size;
	return result;
}

static bool is_bare(const struct service *service, uint32_t version)
{
	static const uint8_t vtpm[] = SVSM_GUID_VTPM;

	return version == SVSM_VTPM_MANIFEST_BARE && !memcmp(service->guid, vtpm, sizeof(vtpm));
}

/* A TPMT_PUBLIC of a kind of key that there is: no GUID of ours begins so. */
static bool begins_as_key(const uint8_t *body, uint32_t size)
{
	return size >= 2 && !body[0] && (body[1] == TPM_ALG_RSA || body[1] == TPM_ALG_ECC);
}

static uint32_t put_service(struct writer *w, const struct service *service, uint32_t version)
{
	uint32_t start = w->used, result;

	if (!is_bare(service, version))
		return put_head(w, service, version) ? put_body(w, service, version)
						     : SVSM_ERR_INVALID_REQUEST;
	result = put_body(w, service, version);
	if (!result && !begins_as_key(w->memory + start, w->used - start))
		return SVSM_ERR_INVALID_REQUEST;
	return result;
}

/* @entry, which is somewhere in the manifest, is filled when its service's part is there. */
static uint32_t put_entry(struct writer *w, const struct service *service, void *entry)
{
	struct svsm_services_entry value = {.offset = w->used};
	uint32_t result = put_service(w, service, service->first_version);

	memcpy(value.guid, service->guid, SVSM_GUID_SIZE);
	value.size = w->used - value.offset;
	memcpy(entry, &value, sizeof(value));
	return result;
}

static uint32_t put_all_services(struct writer *w)
{
	static const uint8_t guid[] = SVSM_GUID_SERVICES_MANIFEST;
	struct service list[SERVICES_VOUCHED_MAX];
	struct svsm_services_manifest head = {.count = services_vouched(list)};
	uint8_t *at = reserve(w, sizeof(head));
	uint8_t *entries = reserve(w, head.count * (uint32_t)sizeof(struct svsm_services_entry));
	uint32_t result = at && entries ? SVSM_SUCCESS : SVSM_ERR_INVALID_REQUEST;

	for (unsigned int i = 0; !result && i < head.count; i++)
		result = put_entry(w, &list[i], entries + i * sizeof(struct svsm_services_entry));
	if (result)
		return result;
	memcpy(head.guid, guid, sizeof(guid));
	head.size = w->used;
	memcpy(at, &head, sizeof(head));
	return SVSM_SUCCESS;
}

uint32_t attest_manifest(const struct svsm_call *call, const struct attest_operation *operation,
	uint8_t *memory, uint32_t room, uint32_t *size)
{
	struct writer w = {.memory = memory, .room = room, .call = call};
	uint32_t result;

	if (operation->single)
		result = put_service(&w, &operation->service, operation->manifest_version);
	else
		result = put_all_services(&w);
	*size = w.used;
	return result;
}
