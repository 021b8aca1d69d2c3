/* SPDX-License-Identifier: MIT */
/*
 * A TPM's byte order; see services/vtpm/marshal.h.
 */
#include <string.h>

#include "services/vtpm/marshal.h"

void tpm_write_start(struct tpm_writer *writer, void *memory, size_t size)
{
	*writer = (struct tpm_writer){
		.start = memory, .at = memory, .end = (uint8_t *)memory + size};
}

size_t tpm_written(const struct tpm_writer *writer)
{
	return (size_t)(writer->at - writer->start);
}

/* Room for @size bytes, which count as written; null if there is none. */
static uint8_t *take(struct tpm_writer *writer, size_t size)
{
	uint8_t *room = writer->at;

	if (writer->full || (size_t)(writer->end - writer->at) < size) {
		writer->full = true;
		return NULL;
	}
	writer->at += size;
	return room;
}

void tpm_write_bytes(struct tpm_writer *writer, const void *bytes, size_t size)
{
	uint8_t *room = take(writer, size);

	if (room && size > 0)
		memcpy(room, bytes, size);
}

void tpm_write_zeros(struct tpm_writer *writer, size_t size)
{
	uint8_t *room = take(writer, size);

	if (room)
		memset(room, 0, size);
}

void tpm_write8(struct tpm_writer *writer, uint8_t value)
{
	tpm_write_bytes(writer, &value, sizeof(value));
}

void tpm_write16(struct tpm_writer *writer, uint16_t value)
{
	tpm_write8(writer, (uint8_t)(value >> 8));
	tpm_write8(writer, (uint8_t)value);
}

void tpm_write32(struct tpm_writer *writer, uint32_t value)
{
	tpm_write16(writer, (uint16_t)(value >> 16));
	tpm_write16(writer, (uint16_t)value);
}

void tpm_write_sized(struct tpm_writer *writer, const void *bytes, size_t size)
{
	tpm_write16(writer, (uint16_t)size);
	tpm_write_bytes(writer, bytes, size);
}

void tpm_read_start(struct tpm_reader *reader, const void *bytes, size_t size)
{
	*reader = (struct tpm_reader){.at = bytes, .end = (const uint8_t *)bytes + size};
}

const uint8_t *tpm_read_bytes(struct tpm_reader *reader, size_t size)
{
	const uint8_t *bytes = reader->at;

	if (reader->bad || (size_t)(reader->end - reader->at) < size) {
		reader->bad = true;
		return NULL;
	}
	reader->at += size;
	return bytes;
}

uint16_t tpm_read16(struct tpm_reader *reader)
{
	const uint8_t *bytes = tpm_read_bytes(reader, 2);

	return bytes ? (uint16_t)(bytes[0] << 8 | bytes[1]) : 0;
}

uint32_t tpm_read32(struct tpm_reader *reader)
{
	const uint8_t *bytes = tpm_read_bytes(reader, 4);

	if (!bytes)
		return 0;
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}
