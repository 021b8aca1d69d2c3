/* SPDX-License-Identifier: MIT */
/*
 * Keys and signatures of SEV-SNP in the forms of the secure processor (SNP
 * firmware ABI, chapter "Digital signatures"): ECDSA on P-384 with SHA-384,
 * numbers little-endian in 72 bytes. For ID blocks and reports.
 */
#ifndef NACRE_TOOLS_SNP_KEY_H
#define NACRE_TOOLS_SNP_KEY_H

#include "snp_guest.h"
#include "tools/common/ecdsa.h"

#define SNP_NUMBER_SIZE 72U

/* From and to 48 bytes big-endian. Reading is false for a number that needs more. */
void snp_number_write(const uint8_t big_endian[KEY_SIZE_MAX], uint8_t number[SNP_NUMBER_SIZE]);
MUST_CHECK bool snp_number_read(
	const uint8_t number[SNP_NUMBER_SIZE], uint8_t big_endian[KEY_SIZE_MAX]);

/* @key must be on P-384, else @error says so. */
MUST_CHECK bool snp_sign(const EVP_PKEY *key, const void *message, size_t size,
	struct snp_signature *signature, struct tool_error *error);
MUST_CHECK bool snp_public_key(
	const EVP_PKEY *key, struct snp_public_key *public_key, struct tool_error *error);

/* Whether @signature, reserved bytes included, is @key's. */
MUST_CHECK bool snp_verify(
	EVP_PKEY *key, const void *message, size_t size, const struct snp_signature *signature);

/* A new key for libcrypto, or NULL if @public_key is none on P-384. */
MUST_CHECK EVP_PKEY *snp_public_key_read(const struct snp_public_key *public_key);

/* What reports call the ID or author key digest. */
void snp_key_digest(const struct snp_public_key *public_key, uint8_t digest[SNP_DIGEST_SIZE]);

#endif
