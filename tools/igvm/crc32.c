/* SPDX-License-Identifier: MIT */
/*
 * CRC-32, bit by bit: the headers it covers are a few kilobytes.
 */
#include "hash.h"

#define CRC32_POLYNOMIAL_REFLECTED 0xedb88320U

uint32_t crc32_update(uint32_t crc, const void *bytes, size_t size)
{
	const uint8_t *byte = bytes;

	crc = ~crc;
	for (size_t i = 0; i < size; i++) {
		crc ^= byte[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (CRC32_POLYNOMIAL_REFLECTED & -(crc & 1));
	}
	return ~crc;
}
