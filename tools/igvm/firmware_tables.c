/* SPDX-License-Identifier: MIT */
/*
 * Finding and reading OVMF's tables; see firmware_tables.h. Every length is
 * checked before what it measures is read.
 */
#include "firmware_tables.h"

#include <inttypes.h>
#include <string.h>

#define GUID_SIZE 16U
/* Follow the last entry: the reset vector's code. */
#define TABLE_TAIL 32U
/* Each entry ends with its length, itself included, and its GUID. */
#define ENTRY_TRAILER (2 + GUID_SIZE)
#define DESCRIPTOR_VERSION 1U

static const uint8_t guid_footer[GUID_SIZE] = {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, 0xba,
	0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d};
static const uint8_t guid_sev[GUID_SIZE] = {0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47, 0xa7,
	0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc};
static const uint8_t guid_igvm[GUID_SIZE] = {0x6e, 0xa7, 0x4f, 0x78, 0x77, 0x31, 0x04, 0x46, 0x8a,
	0x20, 0x04, 0xb6, 0x86, 0x99, 0xe3, 0x74};

struct descriptor_header {
	char signature[4];
	uint32_t length; /* header and sections */
	uint32_t version;
	uint32_t count;
};
ASSERT_SIZE(struct descriptor_header, 16);
ASSERT_SIZE(struct firmware_section, 12);

struct reader {
	const uint8_t *bytes;
	size_t size;
	struct tool_error *error;
};

static bool check_descriptor(const struct reader *reader, uint64_t offset, const char *signature,
	const struct descriptor_header *header)
{
	struct tool_error *error = reader->error;

	if (memcmp(header->signature, signature, sizeof(header->signature)))
		return fail_at(
			error, offset, "no descriptor \"%s\" where the table says", signature);
	if (header->version != DESCRIPTOR_VERSION)
		return fail_at(error, offset, "descriptor \"%s\" of unknown version %" PRIu32,
			signature, header->version);
	if (header->count > FIRMWARE_SECTIONS_MAX)
		return fail_at(error, offset,
			"descriptor \"%s\" with %" PRIu32 " sections, more than %u", signature,
			header->count, FIRMWARE_SECTIONS_MAX);
	if (header->length != sizeof(*header) + header->count * sizeof(struct firmware_section))
		return fail_at(error, offset,
			"descriptor \"%s\" of %" PRIu32 " bytes does not fit its %" PRIu32
			" sections",
			signature, header->length, header->count);
	if (header->length > reader->size - offset)
		return fail_at(error, offset, "descriptor \"%s\" ends past the end of the image",
			signature);
	return true;
}

/* @from_end: how far before the image's end the descriptor begins. */
static bool read_descriptor(const struct reader *reader, uint64_t entry, uint32_t from_end,
	const char *signature, struct firmware_sections *sections)
{
	uint64_t offset = reader->size - from_end;
	struct descriptor_header header;

	if (sections->count)
		return fail_at(
			reader->error, entry, "second entry for descriptor \"%s\"", signature);
	if (from_end > reader->size || from_end < sizeof(header))
		return fail_at(reader->error, entry,
			"descriptor \"%s\" %" PRIu32 " bytes before the end is not in the image",
			signature, from_end);
	memcpy(&header, reader->bytes + offset, sizeof(header));
	if (!check_descriptor(reader, offset, signature, &header))
		return false;
	for (sections->count = 0; sections->count < header.count; sections->count++) {
		uint64_t at = offset + sizeof(header) +
			      sections->count * sizeof(struct firmware_section);

		memcpy(&sections->list[sections->count], reader->bytes + at,
			sizeof(struct firmware_section));
		sections->offset[sections->count] = at;
	}
	return true;
}

/* One entry, whose data of @length bytes begins at @offset. */
static bool read_entry(const struct reader *reader, uint64_t offset, uint64_t length,
	const uint8_t *guid, struct firmware_tables *tables)
{
	bool sev = !memcmp(guid, guid_sev, GUID_SIZE);
	uint32_t from_end;

	if (!sev && memcmp(guid, guid_igvm, GUID_SIZE))
		return true;
	if (length != sizeof(from_end))
		return fail_at(reader->error, offset,
			"the entry of descriptor \"%s\" has %" PRIu64 " bytes instead of 4",
			sev ? "ASEV" : "IGVM", length);
	memcpy(&from_end, reader->bytes + offset, sizeof(from_end));
	return read_descriptor(reader, offset, from_end, sev ? "ASEV" : "IGVM",
		sev ? &tables->sev : &tables->igvm);
}

/* The length at the end of what ends at @end; it counts itself and the GUID. */
static uint16_t length_before(const struct reader *reader, uint64_t end)
{
	uint16_t length;

	memcpy(&length, reader->bytes + end - ENTRY_TRAILER, sizeof(length));
	return length;
}

/* Backwards from @end to @start. */
static bool read_entries(
	const struct reader *reader, uint64_t start, uint64_t end, struct firmware_tables *tables)
{
	while (end > start) {
		uint16_t length;

		if (end - start < ENTRY_TRAILER)
			return fail_at(
				reader->error, start, "the GUIDed table begins inside an entry");
		length = length_before(reader, end);
		if (length < ENTRY_TRAILER || length > end - start)
			return fail_at(reader->error, end - ENTRY_TRAILER,
				"table entry of %u bytes, where %" PRIu64 " are left", length,
				end - start);
		if (!read_entry(reader, end - length, length - ENTRY_TRAILER,
			    reader->bytes + end - GUID_SIZE, tables))
			return false;
		end -= length;
	}
	return true;
}

bool firmware_tables_read(
	const uint8_t *bytes, size_t size, struct firmware_tables *tables, struct tool_error *error)
{
	const struct reader reader = {bytes, size, error};
	uint64_t end = size - TABLE_TAIL;
	uint16_t length;

	*tables = (struct firmware_tables){0};
	if (size < TABLE_TAIL + ENTRY_TRAILER ||
		memcmp(bytes + end - GUID_SIZE, guid_footer, GUID_SIZE))
		return fail_with(error, "no GUIDed table at the end of the image: not OVMF, or one "
					"without support for "
					"confidential guests");
	length = length_before(&reader, end);
	if (length < ENTRY_TRAILER || length > end)
		return fail_at(error, end - ENTRY_TRAILER,
			"GUIDed table of %u bytes is not in the image", length);
	return read_entries(&reader, end - length, end - ENTRY_TRAILER, tables);
}
