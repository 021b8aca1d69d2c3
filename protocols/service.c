/* SPDX-License-Identifier: MIT */
/*
 * Which services there are; see service.h.
 */
#include <string.h>

#include "kernel/services.h"
#include "protocols/service.h"

static const struct service own[] = {
	{
		.guid = NACRE_GUID_PLATFORM,
		.first_version = NACRE_PLATFORM_MANIFEST_VERSION,
		.last_version = NACRE_PLATFORM_MANIFEST_VERSION,
		.manifest = service_platform_manifest,
	},
};
static_assert(ARRAY_SIZE(own) + SERVICE_TABLE_MAX == SERVICES_VOUCHED_MAX, "room for all");

/* False for one without a manifest. */
static bool describe(struct service_slot *slot, struct service *service)
{
	static const uint8_t none[SVSM_GUID_SIZE];

	if (!slot || !service_is_announced(slot) ||
		!memcmp(slot->announcement.guid, none, sizeof(none)))
		return false;
	*service = (struct service){
		.first_version = slot->announcement.first_manifest,
		.last_version = slot->announcement.last_manifest,
		.slot = slot,
	};
	memcpy(service->guid, slot->announcement.guid, SVSM_GUID_SIZE);
	return true;
}

unsigned int services_vouched(struct service list[SERVICES_VOUCHED_MAX])
{
	unsigned int count = ARRAY_SIZE(own);

	memcpy(list, own, sizeof(own));
	for (unsigned int i = 0; i < services_count(); i++) {
		struct service_slot *slot = services_by_index(i);

		if (describe(slot, &list[count]) && slot->state != SERVICE_ENDED)
			count++;
	}
	return count;
}

bool service_find(const uint8_t guid[SVSM_GUID_SIZE], struct service *found)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(own); i++) {
		*found = own[i];
		if (!memcmp(found->guid, guid, SVSM_GUID_SIZE))
			return true;
	}
	for (unsigned int i = 0; i < services_count(); i++)
		if (describe(services_by_index(i), found) &&
			!memcmp(found->guid, guid, SVSM_GUID_SIZE))
			return true;
	return false;
}
