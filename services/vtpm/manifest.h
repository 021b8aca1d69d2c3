/* SPDX-License-Identifier: MIT */
/*
 * The bodies of the vTPM's attestation manifests (docs/vtpm-manifest.cddl). Used by
 * service.c.
 */
#ifndef NACRE_VTPM_MANIFEST_H
#define NACRE_VTPM_MANIFEST_H

#include "compiler.h"
#include "services/vtpm/certificate.h"
#include "services/vtpm/identity.h"

/* The body of the version that is Nacre's own; its size, 0 if it does not fit. @keys: all, by name.
 */
size_t manifest_write(const struct identity_key *const keys[KEY_COUNT],
	const struct issuer_public *issuer, void *out, size_t room);

#endif
