/* SPDX-License-Identifier: MIT */
/*
 * Manifests: what a report's data is made of besides the nonce. Each one is
 * its service's GUID and version, then the body that the service writes.
 */
#include <string.h>

#include "protocols/attest.h"

struct writer {
	uint8_t *memory;
	uint32_t used, room; /* bytes; used > room: it did not fit */
};

/* Room for @size bytes, or NULL; what follows does not fit either then. */
static void *reserve(struct writer *w, uint32_t size)
{
	uint8_t *at = w->memory + w->used;

	if (w->used > w->room || size > w->room - w->used) {
		w->used = w->room + 1;
		return NULL;
	}
	w->used += size;
	return at;
}

static void put_service(struct writer *w, const struct service *service, uint32_t version)
{
	struct nacre_manifest_header header = {.version = version}, *at;
	struct cbor body;

	memcpy(header.guid, service->guid, SVSM_GUID_SIZE);
	at = reserve(w, sizeof(header));
	if (!at)
		return;
	memcpy(at, &header, sizeof(header));
	cbor_start(&body, w->memory + w->used, w->room - w->used);
	service->manifest(version, &body);
	if (body.full)
		w->used = w->room + 1;
	else
		w->used = (uint32_t)(body.at - w->memory);
}

/* @entry, which is somewhere in the manifest, is filled when its service's part is there. */
static void put_entry(struct writer *w, const struct service *service, void *entry)
{
	struct svsm_services_entry value = {.offset = w->used};

	put_service(w, service, service->first_version);
	memcpy(value.guid, service->guid, SVSM_GUID_SIZE);
	value.size = w->used - value.offset;
	memcpy(entry, &value, sizeof(value));
}

static void put_all_services(struct writer *w)
{
	static const uint8_t guid[] = SVSM_GUID_SERVICES_MANIFEST;
	struct svsm_services_manifest head = {.count = service_count};
	uint8_t *entries, *at = reserve(w, sizeof(head));

	entries = reserve(w, service_count * (uint32_t)sizeof(struct svsm_services_entry));
	if (!at || !entries)
		return;
	for (unsigned int i = 0; i < service_count; i++)
		put_entry(w, &services[i], entries + i * sizeof(struct svsm_services_entry));
	memcpy(head.guid, guid, sizeof(guid));
	head.size = w->used;
	memcpy(at, &head, sizeof(head));
}

uint32_t attest_manifest(const struct attest_operation *operation, uint8_t *memory, uint32_t room)
{
	struct writer w = {.memory = memory, .room = room};

	if (operation->service)
		put_service(&w, operation->service, operation->manifest_version);
	else
		put_all_services(&w);
	return w.used <= room ? w.used : 0;
}
