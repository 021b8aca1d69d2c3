/* SPDX-License-Identifier: MIT */
/*
 * The TPM's state in memory; see services/vtpm/nv.h.
 */
#include <stdlib.h>
#include <string.h>

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_nvfilename.h>

#include "services/vtpm/nv.h"

static unsigned char *kept;
static uint32_t kept_size;
static bool retired;

static void forget(void)
{
	if (kept)
		explicit_bzero(kept, kept_size);
	free(kept);
	kept = NULL;
	kept_size = 0;
}

/* There is one thing to store; a TPM's volatile state would be a second, which a TPM
 * that is not moved to another machine never stores. */
static bool is_state(const char *name)
{
	return strcmp(name, TPM_PERMANENT_ALL_NAME) == 0;
}

TPM_RESULT nv_load(unsigned char **data, uint32_t *size, uint32_t tpm, const char *name)
{
	(void)tpm;
	*data = NULL;
	*size = 0;
	if (!kept || !is_state(name))
		return TPM_RETRY;
	*data = malloc(kept_size);
	if (!*data)
		return TPM_SIZE;
	memcpy(*data, kept, kept_size);
	*size = kept_size;
	return TPM_SUCCESS;
}

TPM_RESULT nv_store(const unsigned char *data, uint32_t size, uint32_t tpm, const char *name)
{
	unsigned char *copy;

	(void)tpm;
	if (retired)
		return TPM_SUCCESS;
	if (!is_state(name))
		return TPM_FAIL;
	copy = malloc(size);
	if (!copy)
		return TPM_SIZE;
	memcpy(copy, data, size);
	forget();
	kept = copy;
	kept_size = size;
	return TPM_SUCCESS;
}

TPM_RESULT nv_delete(uint32_t tpm, const char *name, TPM_BOOL must_exist)
{
	(void)tpm;
	if (!is_state(name) || !kept)
		return must_exist ? TPM_FAIL : TPM_SUCCESS;
	forget();
	return TPM_SUCCESS;
}

void nv_retire(void)
{
	retired = true;
	forget();
}
