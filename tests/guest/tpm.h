/* SPDX-License-Identifier: MIT */
/*
 * Commands to the vTPM by a test guest (protocol 2). The buffer is one of the guest's,
 * of SVSM_VTPM_BUFFER bytes.
 */
#ifndef GUEST_TPM_H
#define GUEST_TPM_H

#include "compiler.h"
#include "svsm_call.h"

#define TPM_BUFFER_FILL 0xa5 /* behind the command */

/* Fills the buffer at @at with a request that has @data as its command. */
void tpm_place(uint8_t *at, const void *data, uint32_t size);

/* The answer that stands in it: its size, and what it says (0: success). */
uint32_t tpm_answer_size(const uint8_t *at);
uint32_t tpm_answer_code(const uint8_t *at);
/* What follows the answer's head. */
static inline const uint8_t *tpm_answer_body(const uint8_t *at)
{
	return at + 14;
}

uint32_t tpm_read_be(const uint8_t *at, unsigned int bytes);

/*
 * One command, repeated while BUSY or INCOMPLETE; the answer's code. What is no answer
 * of a TPM's fails the test.
 */
uint32_t tpm_send(uint8_t *at, const void *data, uint32_t size);

/* Commands: Startup(CLEAR); GetRandom of 32 bytes; PCR_Extend and PCR_Read of SHA-256, PCR 0. */
extern const uint8_t tpm_startup[12], tpm_get_random[12], tpm_extend[65], tpm_pcr_read[20];

#endif
