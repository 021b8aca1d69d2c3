/* SPDX-License-Identifier: MIT */
/*
 * The parts of a certificate that are TCG's own: TCG EK Credential Profile for TPM 2.0,
 * sections 3.1 and 3.2. Used by certificate.c.
 */
#ifndef NACRE_VTPM_TCG_EXTENSIONS_H
#define NACRE_VTPM_TCG_EXTENSIONS_H

#include <openssl/x509.h>

#include "compiler.h"

/* tcg-kp-EKCertificate and tcg-kp-AIKCertificate */
#define TCG_KP_EK "2.23.133.8.1"
#define TCG_KP_AIK "2.23.133.8.3"

/*
 * The alternative name of an empty subject, critical: the TPM's manufacturer, model and
 * version, the numbers as the TPM's own properties have them.
 */
MUST_CHECK bool tcg_add_name(X509 *certificate, uint32_t manufacturer, uint32_t version);

/* Which specification the TPM follows: 2.0, level 0, revision 1.83. */
MUST_CHECK bool tcg_add_specification(X509 *certificate);

#endif
