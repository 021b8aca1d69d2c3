/* SPDX-License-Identifier: MIT */
/*
 * The extensions of the vTPM's certificates: RFC 5280, section 4.2, and TCG EK
 * Credential Profile for TPM 2.0, section 3. Each function writes one in front of what
 * is written. Used by certificate.c.
 */
#ifndef NACRE_VTPM_EXTENSIONS_H
#define NACRE_VTPM_EXTENSIONS_H

#include "services/vtpm/certificate.h"
#include "services/vtpm/der.h"

#define KEY_IDENTIFIER_SIZE 20U

/* Bits of KeyUsage, as the first byte of the bit string has them. */
enum key_usage {
	USAGE_DIGITAL_SIGNATURE = 0x80,
	USAGE_KEY_ENCIPHERMENT = 0x20,
	USAGE_KEY_AGREEMENT = 0x08,
	USAGE_KEY_CERT_SIGN = 0x04,
};

/* A CA has no other CA below it. */
void extension_constraints(struct der *der, bool is_ca);
void extension_usage(struct der *der, enum key_usage usage);
/* tcg-kp-EKCertificate, or tcg-kp-AIKCertificate for a signing key. */
void extension_purpose(struct der *der, bool signing);
void extension_own_identifier(struct der *der, const uint8_t identifier[KEY_IDENTIFIER_SIZE]);
void extension_issuer_identifier(struct der *der, const uint8_t identifier[KEY_IDENTIFIER_SIZE]);
/* The alternative name of an empty subject: the TPM's manufacturer, model and version. */
void extension_name(struct der *der, const struct tpm_facts *facts);
/* Which specification the TPM follows: 2.0, level 0, revision 1.83. */
void extension_specification(struct der *der);

#endif
