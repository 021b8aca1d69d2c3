/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for manifests as nacre-verify reads and explains them.
 */
#include "tests/fuzz/fuzz.h"

#include "tools/verify/explain.h"

static void describe(const struct manifest_service *service)
{
	struct buffer text = {0};

	if (service->name)
		manifest_describe(service, &text);
	for (size_t i = 0; i < text.size; i++)
		FUZZ_CHECK(text.bytes[i] >= ' ' && text.bytes[i] <= '~');
	buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input input = {data, size};
	const struct blob blob = {fuzz_rest(&input), size};
	struct tool_error error;
	struct manifest manifest;

	if (manifest_read(&blob, &manifest, &error)) {
		FUZZ_CHECK(manifest_is(&blob));
		for (size_t i = 0; i < manifest.count; i++) {
			const struct manifest_service *service = &manifest.services[i];

			FUZZ_CHECK(service->offset + service->content.size <= size);
			describe(service);
		}
		explain_manifest(&manifest, fuzz_null_file());
	} else {
		FUZZ_CHECK(error.has_offset && error.offset <= size);
	}
	free((void *)blob.bytes);
	return 0;
}
