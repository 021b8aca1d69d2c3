/* SPDX-License-Identifier: MIT */
/*
 * Structure of manifests. The bytes may be hostile.
 */
#include "manifest.h"

#include <inttypes.h>
#include <string.h>

#include "guid.h"
#include "manifest_platform.h"
#include "manifest_vtpm.h"

static const uint8_t guid_services[SVSM_GUID_SIZE] = SVSM_GUID_SERVICES_MANIFEST;
static const uint8_t guid_platform[SVSM_GUID_SIZE] = NACRE_GUID_PLATFORM;
static const uint8_t guid_vtpm[SVSM_GUID_SIZE] = SVSM_GUID_VTPM;

/* The services whose content is known here. */
struct kind {
	const uint8_t *guid;
	const char *name;
	uint32_t version; /* that its header must have */
	bool (*check)(const struct blob *body, struct tool_error *error);
	void (*describe)(const struct blob *body, struct buffer *text);
};

static const struct kind kinds[] = {
	{guid_platform, "nacre-platform", NACRE_PLATFORM_MANIFEST_VERSION, manifest_platform_check,
		manifest_platform_describe},
	{guid_vtpm, "vTPM", NACRE_VTPM_MANIFEST_VERSION, manifest_vtpm_check,
		manifest_vtpm_describe},
};

static const struct kind *find_kind(const uint8_t guid[SVSM_GUID_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!memcmp(kinds[i].guid, guid, SVSM_GUID_SIZE))
			return &kinds[i];
	}
	return NULL;
}

/* The header is the service's own; behind it is what it claims. */
static bool take_header(
	struct manifest_service *service, const struct kind *kind, struct tool_error *error)
{
	struct nacre_manifest_header header;

	if (service->content.size < sizeof(header))
		return fail_at(error, service->offset, "%zu bytes are too few for a manifest of %s",
			service->content.size, service->name);
	memcpy(&header, service->content.bytes, sizeof(header));
	if (memcmp(header.guid, service->guid, SVSM_GUID_SIZE))
		return fail_at(error, service->offset,
			"the manifest of %s begins with another service's GUID", service->name);
	if (header.version != kind->version)
		return fail_at(error, service->offset + SVSM_GUID_SIZE,
			"version %" PRIu32 " of the manifest of %s is unknown; %" PRIu32
			" was expected",
			header.version, service->name, kind->version);
	service->version = header.version;
	service->body = (struct blob){
		service->content.bytes + sizeof(header), service->content.size - sizeof(header)};
	return true;
}

static bool check_known(
	struct manifest_service *service, const struct kind *kind, struct tool_error *error)
{
	service->name = kind->name;
	if (kind->guid == guid_vtpm && manifest_vtpm_is_bare(&service->content)) {
		service->version = SVSM_VTPM_MANIFEST_BARE;
		service->body = service->content;
	} else if (!take_header(service, kind, error)) {
		return false;
	}
	if (kind->check(&service->body, error))
		return true;
	error->offset += service->offset + (service->content.size - service->body.size);
	return false;
}

static bool check_service(struct manifest_service *service, struct tool_error *error)
{
	const struct kind *kind = find_kind(service->guid);

	return !kind || check_known(service, kind, error);
}

void manifest_describe(const struct manifest_service *service, struct buffer *text)
{
	const struct kind *kind = find_kind(service->guid);

	if (kind)
		kind->describe(&service->body, text);
}

const struct manifest_service *manifest_vtpm(const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++) {
		if (!memcmp(manifest->services[i].guid, guid_vtpm, SVSM_GUID_SIZE))
			return &manifest->services[i];
	}
	return NULL;
}

/* No service twice, and no byte in two contents. */
static bool check_apart(const struct manifest *manifest, size_t new, struct tool_error *error)
{
	const struct manifest_service *b = &manifest->services[new];
	const size_t at = sizeof(struct svsm_services_manifest) +
			  new * sizeof(struct svsm_services_entry);
	char text[GUID_TEXT_SIZE];

	for (size_t i = 0; i < new; i++) {
		const struct manifest_service *a = &manifest->services[i];

		if (!memcmp(a->guid, b->guid, SVSM_GUID_SIZE))
			return fail_at(error, at, "service %s is listed twice",
				guid_text_uefi(a->guid, text));
		if (a->offset < b->offset + b->content.size &&
			b->offset < a->offset + a->content.size)
			return fail_at(error, at, "entries %zu and %zu overlap", i, new);
	}
	return true;
}

static bool take_entry(const struct blob *blob, struct manifest *manifest, size_t i, size_t first,
	struct tool_error *error)
{
	const size_t at = sizeof(struct svsm_services_manifest) +
			  i * sizeof(struct svsm_services_entry);
	struct manifest_service *service = &manifest->services[i];
	struct svsm_services_entry entry;

	memcpy(&entry, blob->bytes + at, sizeof(entry));
	if (entry.offset < first || entry.offset > blob->size ||
		entry.size > blob->size - entry.offset)
		return fail_at(error, at,
			"entry %zu has offset 0x%" PRIx32 " and size 0x%" PRIx32
			"; contents lie between 0x%zx and 0x%zx",
			i, entry.offset, entry.size, first, blob->size);
	memcpy(service->guid, entry.guid, sizeof(entry.guid));
	service->name = NULL;
	service->offset = entry.offset;
	service->content = (struct blob){blob->bytes + entry.offset, entry.size};
	return check_apart(manifest, i, error) && check_service(service, error);
}

static bool read_services(
	const struct blob *blob, struct manifest *manifest, struct tool_error *error)
{
	struct svsm_services_manifest head;
	size_t first;

	memcpy(&head, blob->bytes, sizeof(head));
	if (head.size != blob->size)
		return fail_at(error, offsetof(struct svsm_services_manifest, size),
			"it says that it has %" PRIu32 " bytes; the file has %zu", head.size,
			blob->size);
	if (head.count > MANIFEST_SERVICES_MAX)
		return fail_at(error, offsetof(struct svsm_services_manifest, count),
			"%" PRIu32 " services; at most %d are expected", head.count,
			MANIFEST_SERVICES_MAX);
	first = sizeof(head) + head.count * sizeof(struct svsm_services_entry);
	if (first > blob->size)
		return fail_at(error, blob->size, "the list of %" PRIu32 " services is cut off",
			head.count);
	for (size_t i = 0; i < head.count; i++) {
		if (!take_entry(blob, manifest, i, first, error))
			return false;
	}
	manifest->count = head.count;
	return true;
}

static bool read_single(
	const struct blob *blob, struct manifest *manifest, struct tool_error *error)
{
	struct manifest_service *service = &manifest->services[0];

	if (manifest_vtpm_is_bare(blob))
		memcpy(service->guid, guid_vtpm, sizeof(service->guid));
	else
		memcpy(service->guid, blob->bytes, sizeof(service->guid));
	service->name = NULL;
	service->offset = 0;
	service->content = *blob;
	manifest->single = true;
	manifest->count = 1;
	return check_service(service, error);
}

static bool begins_with(const struct blob *blob, const uint8_t guid[SVSM_GUID_SIZE])
{
	return blob->size >= SVSM_GUID_SIZE && !memcmp(blob->bytes, guid, SVSM_GUID_SIZE);
}

bool manifest_is(const struct blob *blob)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (begins_with(blob, kinds[i].guid))
			return true;
	}
	return begins_with(blob, guid_services) || manifest_vtpm_is_bare(blob);
}

bool manifest_read(const struct blob *blob, struct manifest *manifest, struct tool_error *error)
{
	manifest->single = false;
	manifest->count = 0;
	if (!manifest_is(blob))
		return fail_at(error, 0,
			"it begins neither with the GUID of the services manifest nor with that of "
			"a service of Nacre");
	if (!begins_with(blob, guid_services))
		return read_single(blob, manifest, error);
	if (blob->size < sizeof(struct svsm_services_manifest))
		return fail_at(error, blob->size, "the services manifest is cut off");
	return read_services(blob, manifest, error);
}
