/* SPDX-License-Identifier: MIT */
/*
 * X.509 certificates for the identity's keys: by TCG's EK Credential Profile for TPM
 * 2.0, signed by an issuing key (P-256) of this launch, which signs nothing else. All
 * in DER. Used by identity.c.
 */
#ifndef NACRE_VTPM_CERTIFICATE_H
#define NACRE_VTPM_CERTIFICATE_H

#include "compiler.h"
#include "services/vtpm/keys.h"

/* Longer than any of them is. */
#define CERTIFICATE_MAX 1536U

struct certificate {
	uint8_t der[CERTIFICATE_MAX];
	size_t size;
};

/* The issuing key's SubjectPublicKeyInfo. */
#define ISSUER_PUBLIC_MAX 128U
struct issuer_public {
	uint8_t der[ISSUER_PUBLIC_MAX];
	size_t size;
};

/* What a certificate says of the TPM: values of its properties. */
struct tpm_facts {
	uint32_t manufacturer;
	uint32_t firmware_version;
};

/* Makes the issuing key and a certificate of its own for it. */
MUST_CHECK bool issuer_start(struct certificate *own, struct issuer_public *public_key);

/* Certifies @key as an EK or, if it signs, as an AK. */
MUST_CHECK bool issuer_certify(const struct key_numbers *key, bool signing,
	const struct tpm_facts *facts, struct certificate *out);

/* Destroys the issuing key: there will be no further certificate. */
void issuer_wipe(void);

#endif
