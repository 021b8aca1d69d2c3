/* SPDX-License-Identifier: MIT */
/*
 * A TPM of software keys for the tests of nacre-verify: public areas, quotes,
 * signatures, event logs and the vTPM's manifest in the forms of the
 * specifications, written independently of what reads them.
 */
#ifndef NACRE_UNIT_TPM_FIXTURE_H
#define NACRE_UNIT_TPM_FIXTURE_H

#include <openssl/types.h>

#include "tools/common/buffer.h"
#include "tpm2.h"

/* Attributes of endorsement and attestation keys as TCG's templates have them. */
#define TPM_EK_ATTRIBUTES 0x000300b2U
#define TPM_AK_ATTRIBUTES 0x00050072U

/* Keys are made once in each executable, at first use; tpm_fixture_free() ends them. */
enum tpm_fixture_key {
	TPM_KEY_EK_RSA,
	TPM_KEY_EK_P256,
	TPM_KEY_EK_P384,
	TPM_KEY_AK_P256,
	TPM_KEY_AK_P384,
	TPM_KEY_AK_RSA,
	TPM_KEY_ISSUER,
	TPM_KEY_FOREIGN, /* of nobody's TPM; P-256 */
	TPM_KEYS,
};

EVP_PKEY *tpm_fixture_key(enum tpm_fixture_key key);
void tpm_fixture_free(void);

/* Teardown of a group that uses the keys. */
int tpm_fixture_teardown(void **state);

/* Numbers in the TPM's byte order. */
void tpm_put_u16(struct buffer *out, uint16_t value);
void tpm_put_u32(struct buffer *out, uint32_t value);
void tpm_put_sized(struct buffer *out, const void *bytes, size_t size);

/* TPMT_PUBLIC of that key; endorsement keys have AES in CFB mode, the others ECDSA or @scheme. */
void tpm_put_public(
	struct buffer *out, enum tpm_fixture_key key, uint32_t attributes, uint16_t scheme);

struct tpm_fixture_quote {
	uint32_t magic;
	uint16_t type;
	struct blob nonce;
	uint16_t bank;       /* TPM_ALG_SHA256, ... */
	uint8_t selected[3]; /* a bit each PCR */
	struct blob digest;
};

/* TPMS_ATTEST. */
void tpm_put_quote(struct buffer *out, const struct tpm_fixture_quote *quote);

/* TPMT_SIGNATURE with SHA-256; @scheme is one of the key's kind. */
void tpm_put_signature(struct buffer *out, enum tpm_fixture_key key, uint16_t scheme,
	const struct buffer *message);

/* Of event logs: the first event, with SHA-1, SHA-256 and SHA-384; then one with these digests. */
void log_put_head(struct buffer *out);
void log_put_event(struct buffer *out, uint32_t pcr, uint32_t type, const void *data, size_t size);
void log_put_locality(struct buffer *out, uint8_t locality);

/* What PCR @pcr of SHA-256 holds after events with these data, beginning with @start. */
void log_extend(uint8_t value[32], const void *data, size_t size);

/* The vTPM's map as docs/vtpm-manifest.cddl has it, with all keys of above. */
void tpm_put_map(struct buffer *out, enum tpm_fixture_key ak, enum tpm_fixture_key issuer);

/* A services manifest of these, in that order. */
struct fixture_service {
	uint8_t guid[16];
	const struct buffer *content;
};
void tpm_put_services(struct buffer *out, const struct fixture_service *services, uint32_t count);

/* nacre-platform's own manifest, with its header. */
void tpm_put_platform(struct buffer *out);

/* A services manifest with nacre-platform and the vTPM, whose manifest has that content. */
void tpm_put_manifest(struct buffer *out, const struct buffer *content);

/* The vTPM's header, then @map. */
void tpm_put_content(struct buffer *out, const struct buffer *map);

#endif
