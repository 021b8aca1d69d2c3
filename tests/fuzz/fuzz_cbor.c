/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target for deterministic CBOR and COSE_Sign1 from outside
 * (tools/common): what is read must be written again as the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/common/cose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const cbor_item_t *item, const uint8_t *data, size_t size)
{
	struct buffer out = {0};
	struct tool_error error;

	if (!dcbor_encode(item, &out, &error) || out.size != size || memcmp(out.bytes, data, size))
		abort();
	buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cose_message message;
	struct tool_error error;
	cbor_item_t *item = dcbor_decode(data, size, &error);

	if (item)
		check_same(item, data, size);
	else if (!error.has_offset || error.offset > size)
		abort();
	dcbor_free(item);
	if (cose_read(data, size, &message, &error)) {
		if (!cbor_isa_map(message.headers))
			abort();
		cose_free(&message);
	}
	return 0;
}
