/* SPDX-License-Identifier: MIT */
/*
 * Writing DER (X.690), from the last byte to the first, so that what holds something is
 * written when its size is known. For certificate.c and what it uses: libcrypto's own
 * X.509 takes eighteen million instructions at a start to look up how a key is written.
 */
#ifndef NACRE_VTPM_DER_H
#define NACRE_VTPM_DER_H

#include "compiler.h"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_UTF8_STRING = 0x0c,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_EXPLICIT_0 = 0xa0, /* and the next ones up to 15 */
};

struct der {
	uint8_t *start, *at, *end; /* what is written lies from at to end */
	bool full;                 /* something did not fit: what was written is no DER */
};

void der_start(struct der *der, void *memory, size_t size);
size_t der_size(const struct der *der);

/* Puts bytes in front of all that is written. */
void der_bytes(struct der *der, const void *bytes, size_t size);

/* Makes one value of what was written since der->at was @mark. */
void der_wrap(struct der *der, uint8_t tag, const uint8_t *mark);

void der_text(struct der *der, uint8_t tag, const char *text);
/* A number of big-endian bytes, never negative. */
void der_number(struct der *der, const uint8_t *bytes, size_t size);

#endif
