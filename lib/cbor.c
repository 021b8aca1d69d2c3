/* SPDX-License-Identifier: MIT */
/*
 * The CBOR encoder; see lib/cbor.h.
 */
#include <string.h>

#include "lib/cbor.h"

/* Major types, RFC 8949 section 3.1. */
enum major {
	MAJOR_UNSIGNED = 0,
	MAJOR_BYTES = 2,
	MAJOR_TEXT = 3,
	MAJOR_ARRAY = 4,
	MAJOR_MAP = 5,
	MAJOR_SIMPLE = 7,
};
#define MAJOR_SHIFT 5

/* Additional information: the argument itself, or 1, 2, 4, 8 bytes of it follow. */
#define ARGUMENT_MAX 23U
#define ARGUMENT_FOLLOWS 24U

#define SIMPLE_FALSE 20U
#define SIMPLE_TRUE 21U

void cbor_start(struct cbor *cbor, void *memory, size_t size)
{
	*cbor = (struct cbor){.at = memory, .end = (uint8_t *)memory + size};
}

static void put(struct cbor *cbor, const void *bytes, size_t size)
{
	if (cbor->full || (size_t)(cbor->end - cbor->at) < size) {
		cbor->full = true;
		return;
	}
	if (size)
		memcpy(cbor->at, bytes, size);
	cbor->at += size;
}

/* The power of two of the bytes that @value needs. */
static unsigned int size_of(uint64_t value)
{
	if (value <= UINT8_MAX)
		return 0;
	if (value <= UINT16_MAX)
		return 1;
	return value <= UINT32_MAX ? 2 : 3;
}

static void put_head(struct cbor *cbor, enum major major, uint64_t argument)
{
	unsigned int power = size_of(argument), bytes = 1U << power;
	uint8_t head[9] = {(uint8_t)(major << MAJOR_SHIFT)};

	if (argument <= ARGUMENT_MAX) {
		head[0] |= (uint8_t)argument;
		put(cbor, head, 1);
		return;
	}
	head[0] |= (uint8_t)(ARGUMENT_FOLLOWS + power);
	for (unsigned int i = 0; i < bytes; i++)
		head[1 + i] = (uint8_t)(argument >> 8 * (bytes - 1 - i));
	put(cbor, head, 1 + bytes);
}

void cbor_unsigned(struct cbor *cbor, uint64_t value)
{
	put_head(cbor, MAJOR_UNSIGNED, value);
}

void cbor_bool(struct cbor *cbor, bool value)
{
	put_head(cbor, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void cbor_bytes(struct cbor *cbor, const void *bytes, size_t size)
{
	put_head(cbor, MAJOR_BYTES, size);
	put(cbor, bytes, size);
}

void cbor_text(struct cbor *cbor, const char *text)
{
	size_t size = strlen(text);

	put_head(cbor, MAJOR_TEXT, size);
	put(cbor, text, size);
}

void cbor_array(struct cbor *cbor, uint64_t count)
{
	put_head(cbor, MAJOR_ARRAY, count);
}

void cbor_map(struct cbor *cbor, uint64_t count)
{
	put_head(cbor, MAJOR_MAP, count);
}
