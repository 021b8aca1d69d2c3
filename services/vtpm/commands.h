/* SPDX-License-Identifier: MIT */
/*
 * The few commands that the vTPM gives its own TPM, with the authorisations that a TPM
 * has as it leaves manufacture: empty. Pure: bytes in, bytes out. Used by identity.c
 * and tpm.c.
 */
#ifndef NACRE_VTPM_COMMANDS_H
#define NACRE_VTPM_COMMANDS_H

#include "compiler.h"

/* Longer than any of them is. */
#define TPM_COMMAND_ROOM 1536U
/* What one NV_Write takes (TPM_PT_NV_BUFFER_MAX). */
#define TPM_NV_CHUNK 1024U

struct tpm_command {
	uint8_t bytes[TPM_COMMAND_ROOM];
	size_t size; /* 0 if it did not fit */
};

void command_startup(struct tpm_command *command);
void command_shutdown(struct tpm_command *command);
void command_clear(struct tpm_command *command);
/* Banks of SHA-256, SHA-384 and SHA-512, from the next start on; none of SHA-1. */
void command_pcr_allocate(struct tpm_command *command);
/* Of @template, a TPMT_PUBLIC, in the endorsement hierarchy. */
void command_create_primary(
	struct tpm_command *command, const uint8_t *template_public, size_t size);
void command_evict(struct tpm_command *command, uint32_t object, uint32_t persistent);
void command_flush(struct tpm_command *command, uint32_t object);
void command_nv_define(
	struct tpm_command *command, uint32_t index, uint32_t attributes, uint16_t size);
void command_nv_write(struct tpm_command *command, uint32_t index, const uint8_t *data,
	uint16_t size, uint16_t offset);
void command_nv_lock(struct tpm_command *command, uint32_t index);
/* One property of group TPM_CAP_TPM_PROPERTIES. */
void command_get_property(struct tpm_command *command, uint32_t property);

/* The answer's code; TPM_RC_FAILURE if it is none. */
uint32_t response_code(const uint8_t *response, size_t size);

/*
 * Of CreatePrimary's answer: the handle and where the TPMT_PUBLIC lies; false if that
 * is not what the answer is.
 */
MUST_CHECK bool response_primary(const uint8_t *response, size_t size, uint32_t *handle,
	const uint8_t **object_public, size_t *public_size);

MUST_CHECK bool response_property(const uint8_t *response, size_t size, uint32_t *value);

#endif
