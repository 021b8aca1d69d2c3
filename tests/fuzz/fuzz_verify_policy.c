/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for the JSON that nacre-verify reads: policies and reference
 * values.
 */
#include "tests/fuzz/fuzz.h"

#include "tools/verify/policy.h"
#include "tools/verify/reference.h"

static struct reference reference;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input input = {data, size};
	const struct blob blob = {fuzz_rest(&input), size};
	struct tool_error error;
	struct policy policy;

	if (policy_read(&blob, &policy, &error)) {
		FUZZ_CHECK(policy.vmpls && policy.vmpls < 16);
		FUZZ_CHECK(policy.host_data.count <= POLICY_VALUES_MAX);
		FUZZ_CHECK(!(policy.bits_required & policy.bits_forbidden));
	}
	reference.count = 0;
	if (reference_add_json(&reference, &blob, "fuzzed", &error))
		FUZZ_CHECK(reference.count && reference.count <= REFERENCE_VALUES_MAX);
	free((void *)blob.bytes);
	return 0;
}
