/* SPDX-License-Identifier: MIT */
/*
 * Reading numbers and sized fields off hostile bytes. A read behind the end is
 * remembered and gives zeros from then on, so that a parser checks once, at the
 * end. The parsers of TPM structures and event logs use it.
 */
#ifndef NACRE_VERIFY_TPM_READER_H
#define NACRE_VERIFY_TPM_READER_H

#include "tools/common/buffer.h"
#include "tools/common/error.h"

struct tpm_reader {
	struct blob blob;
	size_t at; /* never behind the end */
	bool little_endian;
	bool failed; /* a read went behind the end */
};

uint8_t tpm_u8(struct tpm_reader *reader);
uint16_t tpm_u16(struct tpm_reader *reader);
uint32_t tpm_u32(struct tpm_reader *reader);
uint64_t tpm_u64(struct tpm_reader *reader);

/* The next @size bytes, or an empty blob if there are not so many. */
struct blob tpm_bytes(struct tpm_reader *reader, size_t size);

/* TPM2B: 16 bits of size, then the bytes. */
struct blob tpm_sized(struct tpm_reader *reader);

bool tpm_at_end(const struct tpm_reader *reader);

/* Whether all was there and nothing is behind it; @what names the structure. */
MUST_CHECK bool tpm_finish(
	const struct tpm_reader *reader, const char *what, struct tool_error *error);

#endif
