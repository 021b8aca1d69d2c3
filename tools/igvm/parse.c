/* SPDX-License-Identifier: MIT */
/*
 * Reading an IGVM file: fixed header, checksum, the list of variable headers.
 * check.c then checks what the headers say.
 */
#include "parse.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tools/common/hash.h"

#define FIXED_V2_SIZE (sizeof(struct igvm_fixed_header) + sizeof(struct igvm_fixed_header_v2_tail))

static bool read_v2_tail(struct igvm_file *file, struct tool_error *error)
{
	struct igvm_fixed_header_v2_tail tail;
	uint64_t offset = sizeof(struct igvm_fixed_header);

	if (file->size < FIXED_V2_SIZE)
		return fail_at(error, offset, "file ends inside the fixed header of version 2");
	memcpy(&tail, file->bytes + offset, sizeof(tail));
	if (tail.architecture != IGVM_ARCH_X64 && tail.architecture != IGVM_ARCH_AARCH64)
		return fail_at(
			error, offset, "architecture %" PRIu32 " is not known", tail.architecture);
	if (tail.page_size != PAGE_SIZE)
		return fail_at(
			error, offset + 4, "page size %" PRIu32 " instead of 4096", tail.page_size);
	file->architecture = tail.architecture;
	return true;
}

/* Checks the fields that place the two sections in the file. */
static bool check_layout(struct igvm_file *file, const struct igvm_fixed_header *fixed,
	uint64_t fixed_size, struct tool_error *error)
{
	uint64_t end = (uint64_t)fixed->variable_header_offset + fixed->variable_header_size;

	if (fixed->total_file_size != file->size)
		return fail_at(error, offsetof(struct igvm_fixed_header, total_file_size),
			"total file size is given as %" PRIu32 ", but the file has %zu bytes",
			fixed->total_file_size, file->size);
	if (fixed->variable_header_offset < fixed_size || fixed->variable_header_offset % 8)
		return fail_at(error, offsetof(struct igvm_fixed_header, variable_header_offset),
			"variable header offset 0x%" PRIx32
			" lies inside the fixed header or is not a multiple of 8",
			fixed->variable_header_offset);
	if (fixed->variable_header_size == 0 || fixed->variable_header_size % 8)
		return fail_at(error, offsetof(struct igvm_fixed_header, variable_header_size),
			"variable header size 0x%" PRIx32 " is zero or not a multiple of 8",
			fixed->variable_header_size);
	if (end >= file->size)
		return fail_at(error, offsetof(struct igvm_fixed_header, variable_header_size),
			"variable headers end at 0x%" PRIx64
			", which leaves no file data before the file's end at 0x%zx",
			end, file->size);
	file->header_offset = fixed->variable_header_offset;
	file->header_size = fixed->variable_header_size;
	file->data_offset = end;
	return true;
}

static bool check_checksum(
	const struct igvm_file *file, uint64_t fixed_size, struct tool_error *error)
{
	uint64_t at = offsetof(struct igvm_fixed_header, checksum);
	const uint32_t zero = 0;
	uint32_t crc;

	crc = crc32_update(0, file->bytes, at);
	crc = crc32_update(crc, &zero, sizeof(zero));
	crc = crc32_update(crc, file->bytes + at + sizeof(zero), fixed_size - at - sizeof(zero));
	crc = crc32_update(crc, file->bytes + file->header_offset, file->header_size);
	if (crc != file->checksum)
		return fail_at(error, at,
			"checksum is 0x%08" PRIx32 ", but the headers' is 0x%08" PRIx32,
			file->checksum, crc);
	return true;
}

static bool read_fixed_header(struct igvm_file *file, struct tool_error *error)
{
	struct igvm_fixed_header fixed;
	uint64_t fixed_size = sizeof(fixed);

	if (file->size < sizeof(fixed))
		return fail_at(error, 0, "%zu bytes are too few for an IGVM header", file->size);
	memcpy(&fixed, file->bytes, sizeof(fixed));
	if (fixed.magic != IGVM_MAGIC)
		return fail_at(error, 0, "not an IGVM file (magic 0x%08" PRIx32 ")", fixed.magic);
	if (fixed.version != 1 && fixed.version != 2)
		return fail_at(error, offsetof(struct igvm_fixed_header, version),
			"IGVM version %" PRIu32 " is not known", fixed.version);
	file->version = fixed.version;
	file->architecture = IGVM_ARCH_X64;
	file->checksum = fixed.checksum;
	if (fixed.version == 2) {
		fixed_size = FIXED_V2_SIZE;
		if (!read_v2_tail(file, error))
			return false;
	}
	return check_layout(file, &fixed, fixed_size, error) &&
	       check_checksum(file, fixed_size, error);
}

/* Decodes the header at @item->offset, of which @left bytes are in the section. */
static bool read_item(const struct igvm_file *file, struct igvm_item *item, uint64_t left,
	struct tool_error *error)
{
	struct igvm_variable_header header;

	memcpy(&header, file->bytes + item->offset, sizeof(header));
	item->type = header.type & ~(uint32_t)IGVM_TYPE_OPTIONAL;
	item->optional = header.type & IGVM_TYPE_OPTIONAL;
	item->length = header.length;
	item->body = file->bytes + item->offset + sizeof(header);
	item->info = igvm_type_info(item->type);
	item->mask = UINT32_MAX;
	if (ALIGN_UP(header.length, 8) > left - sizeof(header))
		return fail_at(error, item->offset + 4,
			"header of type 0x%03" PRIx32 " has %" PRIu32
			" bytes, more than the variable headers hold",
			item->type, header.length);
	if (!item->info && !item->optional)
		return fail_at(error, item->offset, "header type 0x%03" PRIx32 " is not known",
			item->type);
	if (item->info && item->info->size != item->length)
		return fail_at(error, item->offset + 4,
			"%s has %" PRIu32 " bytes instead of %" PRIu32, item->info->name,
			item->length, item->info->size);
	if (item->info && item->info->mask_offset != IGVM_NO_MASK)
		memcpy(&item->mask, item->body + item->info->mask_offset, sizeof(item->mask));
	return true;
}

static bool read_items(struct igvm_file *file, struct tool_error *error)
{
	uint64_t offset = file->header_offset;

	/* No header is shorter than 8 bytes, and the section's size is a multiple of 8. */
	file->items = calloc(file->header_size / 8, sizeof(*file->items));
	if (!file->items)
		return fail_with(error, "out of memory");
	while (offset < file->data_offset) {
		struct igvm_item *item = &file->items[file->item_count];

		item->offset = offset;
		if (!read_item(file, item, file->data_offset - offset, error))
			return false;
		offset += sizeof(struct igvm_variable_header) + ALIGN_UP(item->length, 8);
		file->item_count++;
	}
	return true;
}

bool igvm_parse(const uint8_t *bytes, size_t size, struct igvm_file *file, struct tool_error *error)
{
	*file = (struct igvm_file){.bytes = bytes, .size = size};
	if (read_fixed_header(file, error) && read_items(file, error) && igvm_check(file, error))
		return true;
	igvm_free(file);
	return false;
}

void igvm_free(struct igvm_file *file)
{
	free(file->items);
	*file = (struct igvm_file){0};
}

uint32_t igvm_platform_mask(const struct igvm_file *file, enum igvm_platform platform)
{
	struct igvm_supported_platform body;

	for (size_t i = 0; i < file->item_count; i++) {
		if (file->items[i].type != IGVM_SUPPORTED_PLATFORM)
			continue;
		IGVM_BODY(&file->items[i], &body);
		if (body.platform_type == platform)
			return body.compatibility_mask;
	}
	return 0;
}

bool igvm_has_mask(const struct igvm_item *item)
{
	return item->type != IGVM_SUPPORTED_PLATFORM && item->info &&
	       item->info->mask_offset != IGVM_NO_MASK;
}

static uint32_t all_platform_masks(const struct igvm_file *file)
{
	uint32_t masks = 0;

	for (size_t i = 0; i < file->item_count; i++)
		if (file->items[i].type == IGVM_SUPPORTED_PLATFORM)
			masks |= file->items[i].mask;
	return masks;
}

struct igvm_strays igvm_find_strays(const struct igvm_file *file)
{
	uint32_t masks = all_platform_masks(file);
	struct igvm_strays strays = {0};

	for (size_t i = 0; i < file->item_count; i++) {
		const struct igvm_item *item = &file->items[i];

		if (!igvm_has_mask(item) || !(item->mask & ~masks))
			continue;
		if (!strays.headers++)
			strays.offset = item->offset;
		strays.bits |= item->mask & ~masks;
	}
	return strays;
}
