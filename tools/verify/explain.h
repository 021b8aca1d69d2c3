/* SPDX-License-Identifier: MIT */
/*
 * Evidence in plain words, judged by nobody: reports, certificates, tables of
 * them, manifests, and what comes from a TPM, field by field.
 */
#ifndef NACRE_VERIFY_EXPLAIN_H
#define NACRE_VERIFY_EXPLAIN_H

#include <stdio.h>

#include "certificates.h"
#include "event_log.h"
#include "manifest.h"
#include "manifest_vtpm.h"
#include "report.h"
#include "tools/common/cbor.h"
#include "tpm_quote.h"
#include "tpm_signature.h"

void explain_report(const struct snp_report *report, FILE *out);

/* One paragraph a certificate. */
void explain_certificates(const struct certificates *certificates, FILE *out);

/* The entries of a table; its certificates are explained separately. */
MUST_CHECK bool explain_table(const struct blob *blob, FILE *out, struct tool_error *error);

/* A manifest that manifest_read() has taken apart. */
void explain_manifest(const struct manifest *manifest, FILE *out);

/* An item as CBOR's diagnostic notation has it, maps and arrays one entry a line. */
void explain_cbor(const cbor_item_t *item, unsigned int indent, FILE *out);

/* explain_tpm.c: a quote; a key, each line behind @indent blanks; the keys of a manifest. */
void explain_quote(const struct tpm_quote *quote, FILE *out);
void explain_public(const struct tpm_public *public, unsigned int indent, FILE *out);
void explain_vtpm(const struct vtpm_identity *identity, unsigned int indent, FILE *out);

/* explain_event_log.c: whether it begins as an event log does; its events, and what the
 * PCRs that they extend hold then. */
bool event_log_is(const struct blob *blob);
MUST_CHECK bool explain_event_log(const struct blob *log, FILE *out, struct tool_error *error);

#endif
