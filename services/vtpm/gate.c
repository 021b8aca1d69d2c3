/* SPDX-License-Identifier: MIT */
/*
 * Which commands want the RSA key; see services/vtpm/gate.h.
 */
#include "services/vtpm/gate.h"
#include "services/vtpm/keys.h"
#include "services/vtpm/marshal.h"
#include "services/vtpm/tpm_commands.h"

/* Whether the number stands anywhere behind the header. */
static bool mentions(const uint8_t *command, size_t size, uint32_t number)
{
	for (size_t at = TPM_HEADER_SIZE; at + sizeof(number) <= size; at++) {
		struct tpm_reader reader;

		tpm_read_start(&reader, command + at, sizeof(number));
		if (tpm_read32(&reader) == number)
			return true;
	}
	return false;
}

/* At the parameters of GetCapability: a list of handles of a kind the key adds to? */
static bool lists_handles(struct tpm_reader *reader)
{
	uint32_t capability = tpm_read32(reader), kind = TPM_HT(tpm_read32(reader));

	return capability == TPM_CAP_HANDLES &&
	       (kind == TPM_HT_NV_INDEX || kind == TPM_HT_PERSISTENT);
}

bool gate_wants_identity(const uint8_t *command, size_t size)
{
	const struct key_place *place = key_place(KEY_EK_RSA2048);
	struct tpm_reader reader;

	tpm_read_start(&reader, command, size);
	tpm_read_bytes(&reader, TPM_HEADER_SIZE - sizeof(uint32_t));
	switch (tpm_read32(&reader)) {
	case TPM_CC_HIERARCHY_CONTROL:
	case TPM_CC_HIERARCHY_CHANGE_AUTH:
	case TPM_CC_CHANGE_EPS:
	case TPM_CC_CHANGE_PPS:
	case TPM_CC_CLEAR:
		return true;
	case TPM_CC_GET_CAPABILITY:
		return lists_handles(&reader);
	default:
		return mentions(command, size, place->persistent) ||
		       mentions(command, size, place->certificate);
	}
}
