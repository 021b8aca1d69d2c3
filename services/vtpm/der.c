/* SPDX-License-Identifier: MIT */
/*
 * DER, written backwards; see services/vtpm/der.h.
 */
#include <string.h>

#include "services/vtpm/der.h"

void der_start(struct der *der, void *memory, size_t size)
{
	uint8_t *end = (uint8_t *)memory + size;

	*der = (struct der){.start = memory, .at = end, .end = end};
}

size_t der_size(const struct der *der)
{
	return (size_t)(der->end - der->at);
}

void der_bytes(struct der *der, const void *bytes, size_t size)
{
	if (der->full || (size_t)(der->at - der->start) < size) {
		der->full = true;
		return;
	}
	der->at -= size;
	memcpy(der->at, bytes, size);
}

static void put(struct der *der, uint8_t byte)
{
	der_bytes(der, &byte, 1);
}

void der_wrap(struct der *der, uint8_t tag, const uint8_t *mark)
{
	size_t size = (size_t)(mark - der->at);
	uint8_t more = 0;

	for (size_t rest = size; size >= 0x80 && rest > 0; rest >>= 8, more++)
		put(der, (uint8_t)rest);
	put(der, more ? 0x80 | more : (uint8_t)size);
	put(der, tag);
}

void der_text(struct der *der, uint8_t tag, const char *text)
{
	const uint8_t *mark = der->at;

	der_bytes(der, text, strlen(text));
	der_wrap(der, tag, mark);
}

void der_number(struct der *der, const uint8_t *bytes, size_t size)
{
	const uint8_t *mark = der->at;

	while (size > 1 && bytes[0] == 0) {
		bytes++;
		size--;
	}
	der_bytes(der, bytes, size);
	if (size == 0 || bytes[0] & 0x80)
		put(der, 0);
	der_wrap(der, DER_INTEGER, mark);
}
