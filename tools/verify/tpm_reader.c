/* SPDX-License-Identifier: MIT */
/*
 * Reading hostile bytes; see tpm_reader.h.
 */
#include "tpm_reader.h"

struct blob tpm_bytes(struct tpm_reader *reader, size_t size)
{
	struct blob bytes = {NULL, 0};

	if (reader->failed || size > reader->blob.size - reader->at) {
		reader->failed = true;
		return bytes;
	}
	if (size)
		bytes = (struct blob){reader->blob.bytes + reader->at, size};
	reader->at += size;
	return bytes;
}

static uint64_t number(struct tpm_reader *reader, size_t size)
{
	const struct blob bytes = tpm_bytes(reader, size);
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.size; i++)
		value = value << 8 | bytes.bytes[reader->little_endian ? bytes.size - 1 - i : i];
	return value;
}

uint8_t tpm_u8(struct tpm_reader *reader)
{
	return (uint8_t)number(reader, 1);
}

uint16_t tpm_u16(struct tpm_reader *reader)
{
	return (uint16_t)number(reader, 2);
}

uint32_t tpm_u32(struct tpm_reader *reader)
{
	return (uint32_t)number(reader, 4);
}

uint64_t tpm_u64(struct tpm_reader *reader)
{
	return number(reader, 8);
}

struct blob tpm_sized(struct tpm_reader *reader)
{
	return tpm_bytes(reader, tpm_u16(reader));
}

bool tpm_at_end(const struct tpm_reader *reader)
{
	return reader->at == reader->blob.size;
}

bool tpm_finish(const struct tpm_reader *reader, const char *what, struct tool_error *error)
{
	if (reader->failed)
		return fail_at(error, reader->at, "%s is cut off", what);
	if (!tpm_at_end(reader))
		return fail_at(error, reader->at, "%zu bytes behind the end of %s",
			reader->blob.size - reader->at, what);
	return true;
}
