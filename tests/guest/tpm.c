/* SPDX-License-Identifier: MIT */
/* Commands to the vTPM (tpm.h). */
#include "tpm.h"

#include <string.h>

#include "check.h"
#include "tpm2.h"

const uint8_t tpm_startup[12] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x44, 0, 0};
const uint8_t tpm_get_random[12] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7b, 0, 32};
/* The empty password; one digest, all 5ah. */
const uint8_t tpm_extend[65] = {0x80, 0x02, 0, 0, 0, 65, 0, 0, 0x01, 0x82, 0, 0, 0, 0, 0, 0, 0, 9,
	0x40, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, TPM_ALG_SHA256, [33 ... 64] = 0x5a};
const uint8_t tpm_pcr_read[20] = {
	0x80, 0x01, 0, 0, 0, 20, 0, 0, 0x01, 0x7e, 0, 0, 0, 1, 0, TPM_ALG_SHA256, 3, 1, 0, 0};

void tpm_place(uint8_t *at, const void *data, uint32_t size)
{
	const struct svsm_vtpm_request head = {SVSM_VTPM_SEND_COMMAND, 0, size};

	memset(at, TPM_BUFFER_FILL, SVSM_VTPM_BUFFER);
	memcpy(at, &head, sizeof(head));
	memcpy(at + sizeof(head), data, size);
}

uint32_t tpm_read_be(const uint8_t *at, unsigned int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | *at++;
	return value;
}

uint32_t tpm_answer_size(const uint8_t *at)
{
	uint32_t size;

	memcpy(&size, at, sizeof(size));
	return size;
}

uint32_t tpm_answer_code(const uint8_t *at)
{
	EXPECT(tpm_answer_size(at) >= TPM_HEADER_SIZE);
	EXPECT_EQ(tpm_read_be(at + 6, 4), tpm_answer_size(at));
	return tpm_read_be(at + 10, 4);
}

uint32_t tpm_send(uint8_t *at, const void *data, uint32_t size)
{
	struct svsm_regs r = {
		.rax = svsm_function(SVSM_PROTOCOL_VTPM, SVSM_VTPM_CMD),
		.rcx = (uint64_t)at,
	};

	tpm_place(at, data, size);
	if (!svsm_call_done(&r, SVSM_BY_MSR))
		check_abort("the paravisor was not run");
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	return tpm_answer_code(at);
}
