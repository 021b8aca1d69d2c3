/* SPDX-License-Identifier: MIT */
/*
 * What the TPM remembers over a reset: its state, which libtpms stores whole after each
 * command that has changed it. In memory alone: it ends with the launch. The functions
 * are libtpms's callbacks, used by tpm.c.
 */
#ifndef NACRE_VTPM_NV_H
#define NACRE_VTPM_NV_H

#include <libtpms/tpm_library.h>

#include "compiler.h"

/* *@data is the caller's, from malloc(); TPM_RETRY if nothing was stored by that name. */
TPM_RESULT nv_load(unsigned char **data, uint32_t *size, uint32_t tpm, const char *name);
TPM_RESULT nv_store(const unsigned char *data, uint32_t size, uint32_t tpm, const char *name);
TPM_RESULT nv_delete(uint32_t tpm, const char *name, TPM_BOOL must_exist);

/* Wipes what is stored and keeps nothing from now on: there will be no further reset. */
void nv_retire(void);

#endif
