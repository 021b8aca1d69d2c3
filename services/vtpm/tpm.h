/* SPDX-License-Identifier: MIT */
/*
 * The TPM: libtpms with a memory of its own, our clock and our entropy. One, and not
 * re-entrant. Used by identity.c and service.c.
 */
#ifndef NACRE_VTPM_TPM_H
#define NACRE_VTPM_TPM_H

#include "compiler.h"

/*
 * The longest command and the longest answer: what lies behind the header in the page
 * that the guest's calls have.
 */
#define TPM_MESSAGE_MAX 4087U

/*
 * Makes a TPM and switches it on; it awaits a Startup. False, with a line on stderr,
 * if it is not one that works.
 */
MUST_CHECK bool tpm_manufacture(void);

/*
 * Switches it off and on again: PCRs, sessions and objects are gone, what is in NV
 * stays. Comes after a Shutdown and awaits a Startup. False as above.
 */
MUST_CHECK bool tpm_reset(void);

/*
 * Runs a command of locality 0. *@answer lies in the TPM's own memory and holds until
 * the next command; its size is the result, and at least that of a header. Says once on
 * stderr when the TPM has gone into failure mode.
 */
size_t tpm_command(const uint8_t *command, size_t size, const uint8_t **answer);

bool tpm_failed(void);

#endif
