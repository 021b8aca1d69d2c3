/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for manifests as nacre-verify reads and explains them.
 */
#include "tests/fuzz/fuzz.h"

#include "tools/verify/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input input = {data, size};
	const struct blob blob = {fuzz_rest(&input), size};
	struct tool_error error;
	struct manifest manifest;

	if (manifest_read(&blob, &manifest, &error)) {
		FUZZ_CHECK(manifest_is(&blob));
		for (size_t i = 0; i < manifest.count; i++)
			FUZZ_CHECK(
				manifest.services[i].offset + manifest.services[i].content.size <=
				size);
		explain_manifest(&manifest, fuzz_null_file());
	} else {
		FUZZ_CHECK(error.has_offset && error.offset <= size);
	}
	free((void *)blob.bytes);
	return 0;
}
