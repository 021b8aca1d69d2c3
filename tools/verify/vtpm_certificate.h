/* SPDX-License-Identifier: MIT */
/*
 * Certificates of a vTPM's keys by TCG's EK Credential Profile (2.5, section 3.2), as
 * docs/vtpm.md promises them: what each must say, given the keys that a manifest names.
 */
#ifndef NACRE_VERIFY_VTPM_CERTIFICATE_H
#define NACRE_VERIFY_VTPM_CERTIFICATE_H

#include <openssl/x509.h>
#include <time.h>

#include "manifest_vtpm.h"

/* Whether it is the issuing key's own. */
bool vtpm_certificate_is_issuer(X509 *certificate, const struct vtpm_identity *identity);

/*
 * What is wrong with the certificate at @time, as words that go behind "it is"; NULL if
 * nothing is.
 */
const char *vtpm_certificate_fault(
	X509 *certificate, const struct vtpm_identity *identity, time_t time);

#endif
