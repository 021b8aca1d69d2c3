/* SPDX-License-Identifier: MIT */
/*
 * The glue to libtpms; see services/vtpm/tpm.h.
 */
#include <stdio.h>
#include <string.h>

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>

#include "services/vtpm/generator.h"
#include "services/vtpm/marshal.h"
#include "services/vtpm/nv.h"
#include "services/vtpm/tpm.h"
#include "services/vtpm/tpm_commands.h"

/*
 * libtpms tells nobody that it has gone into failure mode: its functions go on to
 * report success. Asking by a command would end the guest's exclusive session. A
 * library without this variable does not link.
 */
extern int g_inFailureMode;

/*
 * The profile of libtpms 0.9, which leaves no algorithm out. With any other, of which
 * one could have only the curves and key sizes that are wanted, libtpms 0.10.2 keeps
 * persistent objects over Clear and ChangeEPS (its issue 626).
 */
static const char profile[] = "{\"Name\":\"null\"}";

static bool told;

bool tpm_failed(void)
{
	return g_inFailureMode != 0;
}

static TPM_RESULT nothing(void)
{
	return TPM_SUCCESS;
}

static TPM_RESULT get_locality(TPM_MODIFIER_INDICATOR *locality, uint32_t tpm)
{
	(void)tpm;
	*locality = 0;
	return TPM_SUCCESS;
}

static TPM_RESULT get_physical_presence(TPM_BOOL *present, uint32_t tpm)
{
	(void)tpm;
	*present = FALSE;
	return TPM_SUCCESS;
}

static struct libtpms_callbacks callbacks = {
	.sizeOfStruct = sizeof(callbacks),
	.tpm_nvram_init = nothing,
	.tpm_nvram_loaddata = nv_load,
	.tpm_nvram_storedata = nv_store,
	.tpm_nvram_deletename = nv_delete,
	.tpm_io_init = nothing,
	.tpm_io_getlocality = get_locality,
	.tpm_io_getphysicalpresence = get_physical_presence,
};

static bool power_on(void)
{
	TPM_RESULT result = TPMLIB_MainInit();

	if (result == TPM_SUCCESS && !tpm_failed())
		return true;
	fprintf(stderr, "vtpm: the TPM does not start: libtpms gives 0x%x%s\n", result,
		tpm_failed() ? ", in failure mode" : "");
	return false;
}

static bool set_up(void)
{
	return TPMLIB_ChooseTPMVersion(TPMLIB_TPM_VERSION_2) == TPM_SUCCESS &&
	       TPMLIB_RegisterCallbacks(&callbacks) == TPM_SUCCESS &&
	       TPMLIB_SetBufferSize(TPM_MESSAGE_MAX, NULL, NULL) == TPM_MESSAGE_MAX &&
	       TPMLIB_SetProfile(profile) == TPM_SUCCESS;
}

bool tpm_manufacture(void)
{
	if (!set_up()) {
		fprintf(stderr, "vtpm: libtpms %x refuses the set-up of this program\n",
			TPMLIB_GetVersion());
		return false;
	}
	return power_on() && TPMLIB_WasManufactured();
}

bool tpm_reset(void)
{
	TPMLIB_Terminate();
	return power_on();
}

static size_t failure(const uint8_t **answer)
{
	static const uint8_t bytes[TPM_HEADER_SIZE] = {0x80, 0x01, [5] = TPM_HEADER_SIZE,
		[8] = TPM_RC_FAILURE >> 8, [9] = TPM_RC_FAILURE & 0xff};

	*answer = bytes;
	return sizeof(bytes);
}

static void tell_once(const uint8_t *command, size_t size)
{
	struct tpm_reader reader;

	if (told || !tpm_failed())
		return;
	told = true;
	tpm_read_start(&reader, command, size);
	tpm_read_bytes(&reader, TPM_HEADER_SIZE - sizeof(uint32_t));
	fprintf(stderr,
		"vtpm: the TPM has gone into failure mode in command 0x%x; only GetTestResult and "
		"GetCapability answer from now on\n",
		tpm_read32(&reader));
}

size_t tpm_command(const uint8_t *command, size_t size, const uint8_t **answer)
{
	static unsigned char *buffer;
	static uint32_t room;
	static unsigned char copy[TPM_MESSAGE_MAX];
	uint32_t got = 0;
	TPM_RESULT result;

	if (size > sizeof(copy))
		return failure(answer);
	memcpy(copy, command, size); /* libtpms writes into it */
	result = TPMLIB_Process(&buffer, &got, &room, copy, (uint32_t)size);
	/* Without entropy libtpms refuses to start, but would go on with what it has. */
	if (!generator_sound())
		g_inFailureMode = 1;
	tell_once(command, size);
	if (result != TPM_SUCCESS || got < TPM_HEADER_SIZE)
		return failure(answer);
	*answer = buffer;
	return got;
}
