/* SPDX-License-Identifier: MIT */
/*
 * The vTPM's identity: its endorsement keys, its AK, their certificates in NV, and the
 * TPM's life before the guest has it. Used by service.c and manifest.c.
 *
 * The keys on curves are made at the start. The RSA key takes some fifty times as long,
 * so it is made when the paravisor has nothing to do, or when somebody needs it, and in
 * any case before a guest changes what its making depends on.
 */
#ifndef NACRE_VTPM_IDENTITY_H
#define NACRE_VTPM_IDENTITY_H

#include "compiler.h"
#include "services/vtpm/certificate.h"
#include "services/vtpm/keys.h"

struct identity_key {
	uint8_t object_public[KEY_PUBLIC_MAX]; /* TPMT_PUBLIC */
	size_t size;                           /* 0 until it is made */
};

/* Makes of a manufactured TPM one with banks, keys and certificates. False, with a line
 * on stderr, if that fails. */
MUST_CHECK bool identity_start(void);

/*
 * Makes what is not made yet; true if all of it is there. False before a guest's
 * Startup, while a guest's objects take all room, and for good if the guest has taken
 * the key's place.
 */
bool identity_complete(void);

/*
 * Hands the TPM over: as a TPM that was shut down and is on again, awaiting the first
 * Startup since it was made. Does nothing but the first time. False if the TPM failed.
 */
bool identity_release(void);

const struct identity_key *identity_key(enum key_name name);
const struct issuer_public *identity_issuer(void);

#endif
