/* SPDX-License-Identifier: MIT */
/*
 * Evidence in plain words, judged by nobody: reports, certificates, tables of
 * them, and manifests, field by field.
 */
#ifndef NACRE_VERIFY_EXPLAIN_H
#define NACRE_VERIFY_EXPLAIN_H

#include <stdio.h>

#include "certificates.h"
#include "manifest.h"
#include "report.h"
#include "tools/common/cbor.h"

void explain_report(const struct snp_report *report, FILE *out);

/* One paragraph a certificate. */
void explain_certificates(const struct certificates *certificates, FILE *out);

/* The entries of a table; its certificates are explained separately. */
MUST_CHECK bool explain_table(const struct blob *blob, FILE *out, struct tool_error *error);

/* A manifest that manifest_read() has taken apart. */
void explain_manifest(const struct manifest *manifest, FILE *out);

/* An item as CBOR's diagnostic notation has it, maps and arrays one entry a line. */
void explain_cbor(const cbor_item_t *item, unsigned int indent, FILE *out);

#endif
