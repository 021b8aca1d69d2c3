/* SPDX-License-Identifier: MIT */
/*
 * Looking for the measured page; see measured_page.h. The file may be hostile.
 */
#include "measured_page.h"

#include "firmware_map.h"
#include "launch_walk.h"
#include "services.h"

static bool look_at_page(void *context, const struct launch_page *page)
{
	struct launch_measured *found = context, measured;

	if (page->type != SNP_PAGE_NORMAL || !page->data)
		return true;
	memcpy(&measured, page->data, sizeof(measured));
	if (measured.digests.version != LAUNCH_DIGESTS_VERSION ||
		!firmware_map_is_sound(&measured.firmware) ||
		!services_are_sound(&measured.services) ||
		(!measured.firmware.count && !measured.services.count))
		return true;
	*found = measured;
	return false;
}

bool measured_page_find(const struct igvm_file *file, struct launch_measured *measured)
{
	const struct launch_options options = {LAUNCH_ORDER_FILE, LAUNCH_VMSAS_OF_FILE};
	struct tool_error error;

	*measured = (struct launch_measured){.digests.version = 0};
	/* Why the walk ended is plain from the page. */
	(void)!launch_walk(file, &options, look_at_page, measured, &error);
	return measured->digests.version;
}
