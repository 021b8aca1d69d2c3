/* SPDX-License-Identifier: MIT */
/*
 * A TPM's public key as certificates have one: RFC 5280's SubjectPublicKeyInfo. Used by
 * certificate.c.
 */
#ifndef NACRE_VTPM_PUBLIC_KEY_H
#define NACRE_VTPM_PUBLIC_KEY_H

#include "services/vtpm/der.h"
#include "services/vtpm/keys.h"

/* False if it is no key of a kind that the identity has. */
MUST_CHECK bool public_key_write(struct der *der, const struct key_numbers *key);

#endif
