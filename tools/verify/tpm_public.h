/* SPDX-License-Identifier: MIT */
/*
 * Public areas of a TPM's keys, RSA and ECC (part 2, 12.2.4): taken apart from
 * hostile bytes, named, and made keys for libcrypto.
 */
#ifndef NACRE_VERIFY_TPM_PUBLIC_H
#define NACRE_VERIFY_TPM_PUBLIC_H

#include <openssl/types.h>

#include "tools/common/error.h"
#include "tpm_hash.h"

#define TPM_PUBLIC_MAX 2048U
#define TPM_RSA_BITS_MIN 2048U
#define TPM_RSA_BITS_MAX 4096U

struct tpm_public {
	struct blob bytes; /* TPMT_PUBLIC: what the name is computed over */
	uint16_t type;     /* TPM_ALG_RSA or TPM_ALG_ECC */
	const struct tpm_hash *name_hash;
	uint32_t attributes; /* TPMA_OBJECT */
	uint16_t symmetric;  /* TPM_ALG_NULL, or what protects children and credentials */
	uint16_t symmetric_bits, symmetric_mode;
	uint16_t scheme, scheme_hash; /* TPM_ALG_NULL: none is fixed */
	uint16_t curve;               /* ECC: enum tpm_curve */
	uint16_t bits;                /* RSA */
	uint32_t exponent;            /* RSA */
	struct blob x, y;             /* ECC: the point; RSA: @x is the modulus */
};

struct tpm_name {
	uint8_t bytes[TPM_NAME_MAX];
	size_t size;
};

/*
 * Reads TPMT_PUBLIC, or TPM2B_PUBLIC as tpm2-tools write it. @public points into
 * @blob. False for what is damaged and for kinds of keys other than RSA and
 * ECC on P-256 and P-384; @error has the offset.
 */
MUST_CHECK bool tpm_public_read(
	const struct blob *blob, struct tpm_public *public, struct tool_error *error);

/* A new key, or NULL if the numbers are none. */
MUST_CHECK EVP_PKEY *tpm_public_key(const struct tpm_public *public);

/* What TPMs call the object: its name algorithm and the digest of its public area. */
void tpm_public_name(const struct tpm_public *public, struct tpm_name *name);

/*
 * Whether these attributes are those of a key that only this TPM has and that
 * signs nothing from outside which looks like the TPM's own word.
 */
MUST_CHECK bool tpm_public_is_ak(const struct tpm_public *public, struct tool_error *error);

/* Whether it can be an endorsement key, to which credentials are encrypted. */
MUST_CHECK bool tpm_public_is_ek(const struct tpm_public *public, struct tool_error *error);

/* "RSA, 2048 bits", "ECC on P-256". */
const char *tpm_public_kind(const struct tpm_public *public);

/* Bytes of a coordinate, 32 or 48; 0 for RSA. */
size_t tpm_public_point_size(const struct tpm_public *public);

#endif
