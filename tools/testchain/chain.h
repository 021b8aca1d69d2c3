/* SPDX-License-Identifier: MIT */
/*
 * A TEST chain in memory: keys, certificates and revocation lists as AMD's key
 * service gives them, with AMD's extensions and forms, but names and keys of
 * its own. Nobody can take them for AMD's: every subject says TEST, and no key
 * outlives the program but those of the emulated chip.
 */
#ifndef NACRE_TOOLS_CHAIN_H
#define NACRE_TOOLS_CHAIN_H

#include <openssl/types.h>

#include "product.h"
#include "tools/common/error.h"

#define CHIP_ID_SIZE 64U

/* In the order in which they are made: an issuer before what it issues. */
enum chain_link {
	CHAIN_ARK,
	CHAIN_ASK,
	CHAIN_ASVK,
	CHAIN_VCEK,
	CHAIN_VLEK,
	CHAIN_LINKS,
};

struct chain {
	const struct product *product;
	uint8_t tcb[TCB_PARTS];
	uint8_t chip_id[CHIP_ID_SIZE];
	EVP_PKEY *keys[CHAIN_LINKS];
	X509 *certificates[CHAIN_LINKS];
	X509_CRL *empty_crl, *revoking_crl; /* the second revokes ASK and ASVK */
};

/* "ark", "ask", ...: the beginning of the file's name. */
const char *chain_link_name(enum chain_link link);

/* Fills @chain with fresh keys; the caller ends with chain_free() in any case. */
MUST_CHECK bool chain_make(const struct product *product, const uint8_t tcb[TCB_PARTS],
	struct chain *chain, struct tool_error *error);
void chain_free(struct chain *chain);

/* amd_extensions.c: adds what AMD's key service puts into a VCEK or VLEK. False on failure. */
MUST_CHECK bool amd_extensions_add(
	X509 *certificate, const struct chain *chain, enum chain_link link);

/* crl.c: a list signed by the ARK, or NULL. */
X509_CRL *crl_make(const struct chain *chain, bool revoking);

/* chain.c: certificates and lists are valid for the same time. */
MUST_CHECK bool chain_set_times(ASN1_TIME *from, ASN1_TIME *until);

/* chain.c: a signing context as AMD's CAs have it, RSA-PSS with SHA-384, or NULL. */
EVP_MD_CTX *chain_signing_context(EVP_PKEY *key);

#endif
