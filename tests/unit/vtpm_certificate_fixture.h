/* SPDX-License-Identifier: MIT */
/*
 * Certificates as a vTPM has them for its keys, made by libcrypto from texts in the form
 * of openssl.cnf(5), so that a test can change what they say.
 */
#ifndef NACRE_UNIT_VTPM_CERTIFICATE_FIXTURE_H
#define NACRE_UNIT_VTPM_CERTIFICATE_FIXTURE_H

#include <openssl/x509.h>

#include "tests/unit/tpm_fixture.h"

/* An extension, and its value; "tpm" is a name of a TPM for dirName, "nameless" one without a
 * model. */
struct fixture_extension {
	const char *name, *value;
};

#define FIXTURE_EXTENSIONS_MAX 6
struct fixture_certificate {
	enum tpm_fixture_key subject, issuer;
	const char *subject_name, *issuer_name; /* common names; NULL: an empty name */
	long version;
	long from, to; /* seconds from the time that is judged */
	struct fixture_extension extensions[FIXTURE_EXTENSIONS_MAX];
};

#define FIXTURE_VTPM_ISSUER "Nacre vTPM of launch 0123456789abcdef"
/* For which the tests judge: in 2026. */
#define FIXTURE_VTPM_TIME 1795446000

/* What the vTPM would say of that key, which may be its issuer. */
struct fixture_certificate fixture_vtpm_facts(enum tpm_fixture_key subject);

/* To be freed with X509_free(). */
X509 *fixture_vtpm_certificate(const struct fixture_certificate *facts);

#endif
