/* SPDX-License-Identifier: MIT */
/*
 * Printing GUIDs.
 */
#include "guid.h"

#include <stdio.h>

static const char *in_order(
	const uint8_t guid[16], const uint8_t order[16], char text[GUID_TEXT_SIZE])
{
	size_t at = 0;

	for (int i = 0; i < 16; i++) {
		const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";

		at += (size_t)snprintf(
			text + at, GUID_TEXT_SIZE - at, "%s%02x", dash, guid[order[i]]);
	}
	return text;
}

const char *guid_text(const uint8_t guid[16], char text[GUID_TEXT_SIZE])
{
	static const uint8_t order[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

	return in_order(guid, order, text);
}

const char *guid_text_uefi(const uint8_t guid[16], char text[GUID_TEXT_SIZE])
{
	static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

	return in_order(guid, order, text);
}
