/* SPDX-License-Identifier: MIT */
/*
 * The certificates that came with the evidence, from PEM and DER files and
 * certificate tables, as one heap: what each may be used for, chain.c decides
 * by what it says and who signed it, never by where it stood.
 */
#ifndef NACRE_VERIFY_CERTIFICATES_H
#define NACRE_VERIFY_CERTIFICATES_H

#include <openssl/x509.h>

#include "tools/common/buffer.h"
#include "tools/common/error.h"

#define CERTIFICATES_MAX 32
#define CERTIFICATES_FILE_MAX (1 * MIB)
#define CERTIFICATE_NAME_SIZE 128

struct certificates {
	X509 *list[CERTIFICATES_MAX]; /* owned; no two are equal */
	size_t count;
};

/*
 * Adds all certificates of @blob: PEM, one in DER, or a table. Those that are
 * there already are left out. @error has the offset.
 */
MUST_CHECK bool certificates_add(
	struct certificates *certificates, const struct blob *blob, struct tool_error *error);
void certificates_free(struct certificates *certificates);

/* One certificate that is all of @blob; to be freed with X509_free(). NULL on failure. */
X509 *certificate_read(const struct blob *blob, struct tool_error *error);

/* "CN" of the name, without what a terminal should not see. Returns @text. */
const char *certificate_name(const X509_NAME *name, char text[CERTIFICATE_NAME_SIZE]);

/* The list signed by an authority; PEM or DER, one. To be freed with X509_CRL_free(). */
X509_CRL *revocations_read(const struct blob *blob, struct tool_error *error);

#endif
