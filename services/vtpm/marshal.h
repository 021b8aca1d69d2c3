/* SPDX-License-Identifier: MIT */
/*
 * The byte order of a TPM (big-endian) into and out of memory of a fixed size; used by
 * whatever in the vTPM makes commands of its own or looks at a guest's.
 */
#ifndef NACRE_VTPM_MARSHAL_H
#define NACRE_VTPM_MARSHAL_H

#include "compiler.h"

struct tpm_writer {
	uint8_t *start, *at, *end;
	bool full; /* something did not fit: what was written is to be thrown away */
};

void tpm_write_start(struct tpm_writer *writer, void *memory, size_t size);
size_t tpm_written(const struct tpm_writer *writer);

void tpm_write8(struct tpm_writer *writer, uint8_t value);
void tpm_write16(struct tpm_writer *writer, uint16_t value);
void tpm_write32(struct tpm_writer *writer, uint32_t value);
void tpm_write_bytes(struct tpm_writer *writer, const void *bytes, size_t size);
void tpm_write_zeros(struct tpm_writer *writer, size_t size);
/* A TPM2B: the size, then the bytes. */
void tpm_write_sized(struct tpm_writer *writer, const void *bytes, size_t size);

struct tpm_reader {
	const uint8_t *at, *end;
	bool bad; /* more was wanted than is there: values read are zero */
};

void tpm_read_start(struct tpm_reader *reader, const void *bytes, size_t size);

uint16_t tpm_read16(struct tpm_reader *reader);
uint32_t tpm_read32(struct tpm_reader *reader);
/* Where @size bytes lie, which are passed; null if they are not there. */
const uint8_t *tpm_read_bytes(struct tpm_reader *reader, size_t size);

#endif
