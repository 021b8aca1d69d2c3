/* SPDX-License-Identifier: MIT */
/*
 * The table of services; see service.h.
 */
#include <string.h>

#include "protocols/service.h"

const struct service services[] = {
	{
		.guid = NACRE_GUID_PLATFORM,
		.first_version = NACRE_PLATFORM_MANIFEST_VERSION,
		.last_version = NACRE_PLATFORM_MANIFEST_VERSION,
		.manifest = service_platform_manifest,
	},
};
const unsigned int service_count = ARRAY_SIZE(services);

const struct service *service_find(const uint8_t guid[SVSM_GUID_SIZE])
{
	for (unsigned int i = 0; i < service_count; i++)
		if (!memcmp(services[i].guid, guid, SVSM_GUID_SIZE))
			return &services[i];
	return NULL;
}
