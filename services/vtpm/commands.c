/* SPDX-License-Identifier: MIT */
/*
 * Commands for the vTPM's own TPM; see services/vtpm/commands.h. Layouts: TCG, TPM 2.0
 * Library, Part 3.
 */
#include <string.h>

#include "services/vtpm/commands.h"
#include "services/vtpm/marshal.h"
#include "services/vtpm/tpm_commands.h"

/* Where the size stands in a header. */
#define SIZE_OFFSET 2U

#define PCR_SELECT_SIZE 3U

static void start(
	struct tpm_writer *writer, struct tpm_command *command, uint16_t tag, uint32_t code)
{
	tpm_write_start(writer, command->bytes, sizeof(command->bytes));
	tpm_write16(writer, tag);
	tpm_write32(writer, 0);
	tpm_write32(writer, code);
}

static void finish(struct tpm_writer *writer, struct tpm_command *command)
{
	struct tpm_writer size;

	command->size = writer->full ? 0 : tpm_written(writer);
	tpm_write_start(&size, command->bytes + SIZE_OFFSET, sizeof(uint32_t));
	tpm_write32(&size, (uint32_t)command->size);
}

/* The authorisation area: one session, the empty password. */
static void write_authorisation(struct tpm_writer *writer)
{
	tpm_write32(writer, 9);
	tpm_write32(writer, TPM_RS_PW);
	tpm_write_sized(writer, NULL, 0);
	tpm_write8(writer, 0);
	tpm_write_sized(writer, NULL, 0);
}

/* A command that an authorised @handle starts. */
static void start_authorised(
	struct tpm_writer *writer, struct tpm_command *command, uint32_t code, uint32_t handle)
{
	start(writer, command, TPM_ST_SESSIONS, code);
	tpm_write32(writer, handle);
}

void command_startup(struct tpm_command *command)
{
	struct tpm_writer writer;

	start(&writer, command, TPM_ST_NO_SESSIONS, TPM_CC_STARTUP);
	tpm_write16(&writer, TPM_SU_CLEAR);
	finish(&writer, command);
}

void command_shutdown(struct tpm_command *command)
{
	struct tpm_writer writer;

	start(&writer, command, TPM_ST_NO_SESSIONS, TPM_CC_SHUTDOWN);
	tpm_write16(&writer, TPM_SU_CLEAR);
	finish(&writer, command);
}

void command_clear(struct tpm_command *command)
{
	struct tpm_writer writer;

	start_authorised(&writer, command, TPM_CC_CLEAR, TPM_RH_PLATFORM);
	write_authorisation(&writer);
	finish(&writer, command);
}

static void write_bank(struct tpm_writer *writer, uint16_t hash, uint8_t select)
{
	tpm_write16(writer, hash);
	tpm_write8(writer, PCR_SELECT_SIZE);
	for (unsigned int i = 0; i < PCR_SELECT_SIZE; i++)
		tpm_write8(writer, select);
}

void command_pcr_allocate(struct tpm_command *command)
{
	struct tpm_writer writer;

	start_authorised(&writer, command, TPM_CC_PCR_ALLOCATE, TPM_RH_PLATFORM);
	write_authorisation(&writer);
	tpm_write32(&writer, 4);
	write_bank(&writer, TPM_ALG_SHA1, 0);
	write_bank(&writer, TPM_ALG_SHA256, 0xff);
	write_bank(&writer, TPM_ALG_SHA384, 0xff);
	write_bank(&writer, TPM_ALG_SHA512, 0xff);
	finish(&writer, command);
}

void command_create_primary(
	struct tpm_command *command, const uint8_t *template_public, size_t size)
{
	struct tpm_writer writer;

	start_authorised(&writer, command, TPM_CC_CREATE_PRIMARY, TPM_RH_ENDORSEMENT);
	write_authorisation(&writer);
	/* TPM2B_SENSITIVE_CREATE with neither a password nor data. */
	tpm_write16(&writer, 4);
	tpm_write32(&writer, 0);
	tpm_write_sized(&writer, template_public, size);
	/* No outside information, no PCRs of the creation. */
	tpm_write16(&writer, 0);
	tpm_write32(&writer, 0);
	finish(&writer, command);
}

void command_evict(struct tpm_command *command, uint32_t object, uint32_t persistent)
{
	struct tpm_writer writer;

	start_authorised(&writer, command, TPM_CC_EVICT_CONTROL, TPM_RH_OWNER);
	tpm_write32(&writer, object);
	write_authorisation(&writer);
	tpm_write32(&writer, persistent);
	finish(&writer, command);
}

void command_flush(struct tpm_command *command, uint32_t object)
{
	struct tpm_writer writer;

	start(&writer, command, TPM_ST_NO_SESSIONS, TPM_CC_FLUSH_CONTEXT);
	tpm_write32(&writer, object);
	finish(&writer, command);
}

void command_nv_define(
	struct tpm_command *command, uint32_t index, uint32_t attributes, uint16_t size)
{
	struct tpm_writer writer;

	start_authorised(&writer, command, TPM_CC_NV_DEFINE_SPACE, TPM_RH_PLATFORM);
	write_authorisation(&writer);
	tpm_write16(&writer, 0); /* the index's own password */
	tpm_write16(&writer, 14);
	tpm_write32(&writer, index);
	tpm_write16(&writer, TPM_ALG_SHA256);
	tpm_write32(&writer, attributes);
	tpm_write16(&writer, 0);
	tpm_write16(&writer, size);
	finish(&writer, command);
}

void command_nv_write(struct tpm_command *command, uint32_t index, const uint8_t *data,
	uint16_t size, uint16_t offset)
{
	struct tpm_writer writer;

	start_authorised(&writer, command, TPM_CC_NV_WRITE, TPM_RH_PLATFORM);
	tpm_write32(&writer, index);
	write_authorisation(&writer);
	tpm_write_sized(&writer, data, size);
	tpm_write16(&writer, offset);
	finish(&writer, command);
}

void command_nv_lock(struct tpm_command *command, uint32_t index)
{
	struct tpm_writer writer;

	start_authorised(&writer, command, TPM_CC_NV_WRITE_LOCK, TPM_RH_PLATFORM);
	tpm_write32(&writer, index);
	write_authorisation(&writer);
	finish(&writer, command);
}

void command_get_property(struct tpm_command *command, uint32_t property)
{
	struct tpm_writer writer;

	start(&writer, command, TPM_ST_NO_SESSIONS, TPM_CC_GET_CAPABILITY);
	tpm_write32(&writer, TPM_CAP_TPM_PROPERTIES);
	tpm_write32(&writer, property);
	tpm_write32(&writer, 1);
	finish(&writer, command);
}

uint32_t response_code(const uint8_t *response, size_t size)
{
	struct tpm_reader reader;
	uint32_t code;

	tpm_read_start(&reader, response, size);
	tpm_read16(&reader);
	tpm_read32(&reader);
	code = tpm_read32(&reader);
	return reader.bad ? TPM_RC_FAILURE : code;
}

/* At what comes behind the header. */
static void start_response(struct tpm_reader *reader, const uint8_t *response, size_t size)
{
	tpm_read_start(reader, response, size);
	tpm_read_bytes(reader, TPM_HEADER_SIZE);
}

bool response_primary(const uint8_t *response, size_t size, uint32_t *handle,
	const uint8_t **object_public, size_t *public_size)
{
	struct tpm_reader reader;

	start_response(&reader, response, size);
	*handle = tpm_read32(&reader);
	tpm_read32(&reader); /* size of the parameters */
	*public_size = tpm_read16(&reader);
	*object_public = tpm_read_bytes(&reader, *public_size);
	return !reader.bad && *public_size > 0;
}

bool response_property(const uint8_t *response, size_t size, uint32_t *value)
{
	struct tpm_reader reader;

	start_response(&reader, response, size);
	tpm_read_bytes(&reader, 1); /* whether there is more */
	tpm_read32(&reader);
	if (tpm_read32(&reader) != 1)
		return false;
	tpm_read32(&reader);
	*value = tpm_read32(&reader);
	return !reader.bad;
}
