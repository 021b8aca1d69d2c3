/* SPDX-License-Identifier: MIT */
/*
 * Copying headers and moving the file data behind them.
 */
#include "edit.h"

#include <inttypes.h>

#include "tools/common/hash.h"

void edit_begin(struct edit *edit, const struct igvm_file *file)
{
	*edit = (struct edit){.file = file};
}

static void pad(struct buffer *headers)
{
	buffer_append_zeros(headers, ALIGN_UP(headers->size, 8) - headers->size);
}

/* Remembers the file offset in the body that begins at @body in the headers, if it has one. */
static void note_offset(struct edit *edit, const struct igvm_item *item, size_t body)
{
	uint32_t value, at;

	if (!item->info) {
		edit->fixed = item->offset;
		return;
	}
	if (item->info->data_offset == IGVM_NO_FILE_OFFSET)
		return;
	memcpy(&value, item->body + item->info->data_offset, sizeof(value));
	at = (uint32_t)(body + (size_t)item->info->data_offset);
	if (value)
		buffer_append(&edit->fixups, &at, sizeof(at));
}

void edit_keep(struct edit *edit, const struct igvm_item *item)
{
	size_t size = sizeof(struct igvm_variable_header);

	note_offset(edit, item, edit->headers.size + size);
	buffer_append(&edit->headers, item->body - size, size + item->length);
	pad(&edit->headers);
}

void edit_add(struct edit *edit, enum igvm_type type, const void *body, size_t size)
{
	const struct igvm_variable_header header = {type, (uint32_t)size};

	buffer_append(&edit->headers, &header, sizeof(header));
	buffer_append(&edit->headers, body, size);
	pad(&edit->headers);
}

/* How far the file data moves; may be negative. */
static int64_t distance(const struct edit *edit)
{
	return (int64_t)edit->headers.size - (int64_t)edit->file->header_size;
}

static void move_offsets(struct edit *edit)
{
	for (size_t i = 0; i < edit->fixups.size; i += sizeof(uint32_t)) {
		uint32_t at, value;

		memcpy(&at, edit->fixups.bytes + i, sizeof(at));
		memcpy(&value, edit->headers.bytes + at, sizeof(value));
		value = (uint32_t)(value + distance(edit));
		memcpy(edit->headers.bytes + at, &value, sizeof(value));
	}
}

/* Sizes and checksum of the file whose @out already holds all bytes. */
static void seal(const struct edit *edit, struct buffer *out)
{
	size_t fixed_size = sizeof(struct igvm_fixed_header);
	struct igvm_fixed_header fixed;
	uint32_t checksum;

	if (edit->file->version == 2)
		fixed_size += sizeof(struct igvm_fixed_header_v2_tail);
	memcpy(&fixed, out->bytes, sizeof(fixed));
	fixed.variable_header_size = (uint32_t)edit->headers.size;
	fixed.total_file_size = (uint32_t)out->size;
	fixed.checksum = 0;
	memcpy(out->bytes, &fixed, sizeof(fixed));
	checksum = crc32_update(0, out->bytes, fixed_size);
	checksum = crc32_update(
		checksum, out->bytes + edit->file->header_offset, edit->headers.size);
	memcpy(out->bytes + offsetof(struct igvm_fixed_header, checksum), &checksum,
		sizeof(checksum));
}

static bool assemble(struct edit *edit, struct buffer *out, struct tool_error *error)
{
	const struct igvm_file *file = edit->file;

	if (edit->fixed && distance(edit))
		return fail_at(error, edit->fixed,
			"a header of unknown type may refer to file data, which has to move; "
			"expected known types only");
	if (edit->headers.failed || edit->fixups.failed)
		return fail_with(error, "out of memory");
	if ((int64_t)file->size + distance(edit) > UINT32_MAX)
		return fail_with(error, "the image would be larger than 4 GiB");
	move_offsets(edit);
	buffer_append(out, file->bytes, file->header_offset);
	buffer_append(out, edit->headers.bytes, edit->headers.size);
	buffer_append(out, file->bytes + file->data_offset, file->size - file->data_offset);
	if (out->failed)
		return fail_with(error, "out of memory");
	seal(edit, out);
	return true;
}

bool edit_finish(struct edit *edit, struct buffer *out, struct tool_error *error)
{
	bool ok = assemble(edit, out, error);

	buffer_free(&edit->headers);
	buffer_free(&edit->fixups);
	return ok;
}
