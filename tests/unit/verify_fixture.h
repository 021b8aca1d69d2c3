/* SPDX-License-Identifier: MIT */
/*
 * Evidence for the tests of nacre-verify: one TEST chain for each executable
 * (its RSA keys take seconds), certificates altered and issued again under it,
 * and reports signed with its keys.
 */
#ifndef NACRE_UNIT_VERIFY_FIXTURE_H
#define NACRE_UNIT_VERIFY_FIXTURE_H

#include <openssl/x509.h>

#include "snp_guest.h"
#include "tools/common/buffer.h"

/* As tools/testchain/chain.h, whose names are the verifier's too. */
enum fixture_link {
	FIXTURE_ARK,
	FIXTURE_ASK,
	FIXTURE_ASVK,
	FIXTURE_VCEK,
	FIXTURE_VLEK,
	FIXTURE_LINKS,
};

/* Makes the chain of @product, "Milan", "Genoa" or "Turin", unless it is there already. */
void fixture_chain(const char *product);
void fixture_chain_free(void);

/* Setup and teardown of a group that has a chain of Milan's. */
int fixture_chain_setup(void **state);
int fixture_chain_teardown(void **state);

/* Not owned by the caller. */
X509 *fixture_certificate(enum fixture_link link);
EVP_PKEY *fixture_link_key(enum fixture_link link);
X509_CRL *fixture_crl(bool revoking);

/* A report that all checks accept: version 5, VMPL 2, signed by the VCEK. */
void fixture_report(struct snp_report *report);

/* Signs @report as it is. */
void fixture_sign(struct snp_report *report, EVP_PKEY *key);

/* A copy of @base, changed by @edit, signed by @issuer's key. To be freed. */
X509 *fixture_reissue(X509 *base, EVP_PKEY *issuer, void (*edit)(X509 *certificate));

/* Replaces (or adds) the extension 1.3.6.1.4.1.3704.1.@oid by these DER bytes. */
void fixture_set_extension(X509 *certificate, const char *oid, const void *der, size_t size);
void fixture_drop_extension(X509 *certificate, const char *oid);

/* Sets the common name of subject or issuer. */
void fixture_rename(X509_NAME *name, const char *common_name);

/* A certificate table of these certificates; the caller frees with buffer_free(). */
void fixture_table(struct buffer *table, enum fixture_link key, enum fixture_link authority);

/* A services manifest with the one service nacre-platform; to be freed as well. */
void fixture_manifest(struct buffer *manifest);

/* Puts SHA-512(@nonce || @manifest) into the report; it must be signed again. */
void fixture_bind(
	struct snp_report *report, const struct blob *nonce, const struct buffer *manifest);

#endif
