/* SPDX-License-Identifier: MIT */
/*
 * The keys of the vTPM's identity: where each lies and the template it is made of. EKs
 * by TCG's EK Credential Profile for TPM 2.0, so that a guest that makes one itself
 * gets the same; the AK is ours. Pure. Used by identity.c, certificate.c, manifest.c.
 */
#ifndef NACRE_VTPM_KEYS_H
#define NACRE_VTPM_KEYS_H

#include "compiler.h"

/* Longer than a TPMT_PUBLIC of any of them is. */
#define KEY_PUBLIC_MAX 512U

enum key_name {
	KEY_EK_P256 = 0,
	KEY_EK_P384 = 1,
	KEY_AK = 2,
	KEY_EK_RSA2048 = 3, /* the last, as it takes the longest to make */
	KEY_COUNT = 4,
};

struct key_place {
	uint32_t persistent;  /* handle */
	uint32_t certificate; /* NV index */
	bool signing;         /* an AK: signs; else an EK: decrypts */
};

/* The certificate of the key that signs the certificates: first index for chains. */
#define KEY_ISSUER_INDEX 0x01c00100U

const struct key_place *key_place(enum key_name name);

/* The template, a TPMT_PUBLIC; its size, at most KEY_PUBLIC_MAX. */
size_t key_template(enum key_name name, uint8_t out[KEY_PUBLIC_MAX]);

/* What a TPMT_PUBLIC has of a key, in the place it has it. */
struct key_numbers {
	uint16_t type;                 /* TPM_ALG_RSA or TPM_ALG_ECC */
	uint16_t curve;                /* TPM_ECC_*, of an ECC key */
	const uint8_t *first, *second; /* x and y; the modulus and nothing */
	size_t first_size, second_size;
};

/* Reads a TPMT_PUBLIC of a key of the kinds above; false if it is none. */
MUST_CHECK bool key_read(const uint8_t *object_public, size_t size, struct key_numbers *numbers);

#endif
