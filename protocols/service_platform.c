/* SPDX-License-Identifier: MIT */
/*
 * The service nacre-platform: what the paravisor says of itself, in the form
 * that docs/platform-manifest.cddl describes. Nothing of it is the host's word.
 */
#include "kernel/guest_launch.h"
#include "kernel/version.h"
#include "protocols/service.h"

static const char *launch_feature(void)
{
	if (guest_launch_is_firmware())
		return "firmware";
	return guest_launch_is_unchecked() ? "kernel-unchecked" : "kernel-checked";
}

/* Keys in the order of their encodings: the shorter first, then by their letters. */
void service_platform_manifest(uint32_t version, struct cbor *out)
{
	const uint8_t *id = build_id();

	(void)version; /* there is one */
	cbor_map(out, 3);
	cbor_text(out, "version");
	cbor_text(out, nacre_version);
	cbor_text(out, "build-id");
	cbor_bytes(out, id, id ? BUILD_ID_SIZE : 0);
	cbor_text(out, "features");
	cbor_array(out, 3);
	cbor_text(out, "svsm-core-1");
	cbor_text(out, "svsm-attest-1");
	cbor_text(out, launch_feature());
}
