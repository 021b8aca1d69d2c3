/* SPDX-License-Identifier: MIT */
/*
 * What a VCEK or VLEK certificate says in AMD's extensions
 * (1.3.6.1.4.1.3704.1): for which chip, product and TCB the key is.
 */
#ifndef NACRE_VERIFY_KEY_FACTS_H
#define NACRE_VERIFY_KEY_FACTS_H

#include <openssl/x509.h>

#include "snp_guest.h"
#include "tcb.h"
#include "tools/common/error.h"

#define KEY_FACTS_SPLS 10 /* extensions .1.3.1 to .1.3.9, by their last number */
#define KEY_FACTS_TEXT_MAX 64
#define KEY_FACTS_HWID_MAX 64
#define KEY_FACTS_HWID_TURIN 8

struct key_facts {
	enum snp_report_signer role; /* VCEK: it names a chip; VLEK: a cloud provider */
	enum product_line line;
	char product[KEY_FACTS_TEXT_MAX]; /* "Milan-B0", "Milan" */
	char csp_id[KEY_FACTS_TEXT_MAX];
	uint8_t hwid[KEY_FACTS_HWID_MAX];
	size_t hwid_size; /* 64, or 8 on Turin; 0 if there is none */
	bool has_spl[KEY_FACTS_SPLS];
	uint8_t spl[KEY_FACTS_SPLS];
};

/*
 * Whether @certificate has AMD's extensions at all. Only such a certificate
 * can be that of a VCEK or VLEK.
 */
bool key_facts_present(X509 *certificate);

/* Reads them; @error says which extension is missing, twice there or misshapen. */
MUST_CHECK bool key_facts_read(
	X509 *certificate, struct key_facts *facts, struct tool_error *error);

/* The TCB version that the extensions make up, in the product's layout. */
uint64_t key_facts_tcb(const struct key_facts *facts);

#endif
