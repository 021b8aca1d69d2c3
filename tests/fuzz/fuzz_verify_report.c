/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for reports as nacre-verify reads and explains them: any
 * bytes, in any of the forms.
 */
#include "tests/fuzz/fuzz.h"

#include "tools/verify/explain.h"

/* What is not a report's size is cut or filled up to one, else nothing would come of it. */
static size_t size_of(size_t size)
{
	static const size_t sizes[] = {1184, 1216, 4000};

	return size % 4 == 3 ? size : sizes[size % 4];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	struct blob blob = {NULL, size_of(size)};
	struct snp_report report;
	struct tool_error error;
	enum report_form form;
	uint8_t *bytes = malloc(blob.size ? blob.size : 1);

	FUZZ_CHECK(bytes);
	fuzz_take(&input, bytes, blob.size);
	if (blob.size == 1216 && size & 8)
		memcpy(bytes, "\0\0\0\0\xa0\x04\0\0", 8);
	blob.bytes = bytes;
	if (report_read(&blob, &report, &form, &error)) {
		const struct tcb_layout *layout = tcb_layout(report_product(&report));

		if (!report_reserved(&report, layout, &error))
			FUZZ_CHECK(error.has_offset && error.offset < sizeof(report));
		explain_report(&report, fuzz_null_file());
	}
	free(bytes);
	return 0;
}
