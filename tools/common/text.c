/* SPDX-License-Identifier: MIT */
/*
 * Numbers and bytes as text.
 */
#include "tools/common/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hex_encode(const uint8_t *bytes, size_t size, char *text)
{
	for (size_t i = 0; i < size; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	text[2 * size] = '\0';
}

bool hex_decode(const char *text, uint8_t *bytes, size_t size)
{
	unsigned int byte;

	if (strlen(text) != 2 * size || strspn(text, "0123456789abcdefABCDEF") != 2 * size)
		return false;
	for (size_t i = 0; i < size; i++) {
		sscanf(text + 2 * i, "%2x", &byte);
		bytes[i] = (uint8_t)byte;
	}
	return true;
}

bool parse_number(const char *text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*value = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	return !errno && *end == '\0';
}

/* The bytes that a UTF-8 sequence beginning with @first has; 0 if none begins so. */
static size_t sequence_length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* Whether the second byte keeps clear of overlong forms, surrogates and what is beyond 10FFFFh. */
static bool second_byte_fits(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

bool text_is_utf8(const char *text, size_t size)
{
	const uint8_t *bytes = (const uint8_t *)text;

	for (size_t i = 0, length; i < size; i += length) {
		length = sequence_length(bytes[i]);
		if (!length || length > size - i)
			return false;
		for (size_t k = 1; k < length; k++) {
			if ((bytes[i + k] & 0xc0) != 0x80)
				return false;
		}
		if (length > 1 && !second_byte_fits(bytes[i], bytes[i + 1]))
			return false;
	}
	return true;
}
