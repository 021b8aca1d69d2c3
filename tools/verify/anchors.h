/* SPDX-License-Identifier: MIT */
/*
 * AMD's root keys, known by digest. Evidence may carry the certificate of a
 * root; whether it is one, only this table or the user's --root says.
 */
#ifndef NACRE_VERIFY_ANCHORS_H
#define NACRE_VERIFY_ANCHORS_H

#include <openssl/x509.h>

#include "tcb.h"
#include "tools/common/hash.h"

struct anchor {
	const char *name; /* "ARK-Milan" */
	enum product_line line;
	uint8_t digest[SHA384_SIZE]; /* of the certificate in DER */
};

/* The entry whose digest @root has, or NULL: it is none of AMD's. */
const struct anchor *anchor_find(X509 *root);

#endif
