/* SPDX-License-Identifier: MIT */
/*
 * Laying out an IGVM file: fixed header, variable headers, file data. Called
 * by build.c.
 */
#include "writer.h"

#include <string.h>

#include "tools/common/hash.h"

void writer_header(struct writer *writer, enum igvm_type type, const void *body, size_t size,
	size_t file_offset_at)
{
	const struct igvm_variable_header header = {.type = type, .length = (uint32_t)size};
	uint32_t at;

	buffer_append(&writer->headers, &header, sizeof(header));
	at = (uint32_t)(writer->headers.size + file_offset_at);
	if (file_offset_at != WRITER_NO_OFFSET)
		buffer_append(&writer->fixups, &at, sizeof(at));
	buffer_append(&writer->headers, body, size);
	buffer_append_zeros(&writer->headers, ALIGN_UP(size, 8) - size);
}

uint32_t writer_page(struct writer *writer, const void *bytes, size_t size)
{
	size_t offset = writer->data.size;

	buffer_append(&writer->data, bytes, size);
	buffer_append_zeros(&writer->data, PAGE_SIZE - size);
	return (uint32_t)offset;
}

static void apply_fixups(struct writer *writer, uint32_t data_offset)
{
	for (size_t i = 0; i < writer->fixups.size; i += sizeof(uint32_t)) {
		uint32_t at, value;

		memcpy(&at, writer->fixups.bytes + i, sizeof(at));
		memcpy(&value, writer->headers.bytes + at, sizeof(value));
		value += data_offset;
		memcpy(writer->headers.bytes + at, &value, sizeof(value));
	}
}

static void assemble(struct writer *writer, struct buffer *out)
{
	struct igvm_fixed_header fixed = {
		.magic = IGVM_MAGIC,
		.version = 1,
		.variable_header_offset = sizeof(fixed),
		.variable_header_size = (uint32_t)writer->headers.size,
		.total_file_size = (uint32_t)(sizeof(fixed) + writer->headers.size +
					      writer->data.size),
	};

	apply_fixups(writer, (uint32_t)(sizeof(fixed) + writer->headers.size));
	fixed.checksum = crc32_update(0, &fixed, sizeof(fixed));
	fixed.checksum = crc32_update(fixed.checksum, writer->headers.bytes, writer->headers.size);
	buffer_append(out, &fixed, sizeof(fixed));
	buffer_append(out, writer->headers.bytes, writer->headers.size);
	buffer_append(out, writer->data.bytes, writer->data.size);
}

bool writer_finish(struct writer *writer, struct buffer *out, struct tool_error *error)
{
	uint64_t total = sizeof(struct igvm_fixed_header) + (uint64_t)writer->headers.size +
			 writer->data.size;
	bool ok = !writer->headers.failed && !writer->data.failed && !writer->fixups.failed;

	if (ok && total > UINT32_MAX) {
		writer_free(writer);
		return fail_with(error, "the image would be larger than 4 GiB");
	}
	if (ok)
		assemble(writer, out);
	writer_free(writer);
	return (ok && !out->failed) || fail_with(error, "out of memory");
}

void writer_free(struct writer *writer)
{
	buffer_free(&writer->headers);
	buffer_free(&writer->data);
	buffer_free(&writer->fixups);
}
