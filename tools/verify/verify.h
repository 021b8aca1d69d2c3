/* SPDX-License-Identifier: MIT */
/*
 * The verifier itself, without files and terminal: evidence, what it is held
 * against, and the rows that come out. cmd_verify.c, the unit tests and the fuzz
 * targets call it.
 */
#ifndef NACRE_VERIFY_VERIFY_H
#define NACRE_VERIFY_VERIFY_H

#include <time.h>

#include "anchors.h"
#include "certificates.h"
#include "checks.h"
#include "key_facts.h"
#include "policy.h"
#include "quote_evidence.h"
#include "reference.h"
#include "report.h"

#define VERIFY_CRLS_MAX 8
#define VERIFY_NONCE_MAX 4096

/* Nothing in it is owned; all of it must outlive the call. */
struct verify_request {
	struct blob report;
	const struct certificates *certificates;
	const char *fault; /* why certificates of the evidence cannot be read; or NULL */
	X509 *root;        /* the user's trust anchor, instead of AMD's; or NULL */
	X509_CRL *crls[VERIFY_CRLS_MAX];
	size_t crl_count;
	const struct reference *reference;
	const struct policy *policy;
	const struct blob *nonce;           /* NULL: none was given */
	const struct blob *manifest;        /* NULL: a plain report */
	const struct quote_evidence *quote; /* NULL: none was given */
	time_t time;                        /* for validity dates and revocation lists */
	bool time_given;                    /* by the user; otherwise by this machine's clock */
};

/* The certificates that were chosen; any may be NULL. Not owned. */
struct chain {
	X509 *key, *ask, *ark;
	struct key_facts facts;      /* of @key, if there is one */
	const struct anchor *anchor; /* AMD's root, or NULL: the user's or none */
};

/* Adds all rows to @checks, which checks_accepted() then judges. */
void verify_evidence(const struct verify_request *request, struct checks *checks);

/*
 * chain.c: chooses the certificates for a report that @signer signed and checks
 * them: rows CERTIFICATE to REVOCATION.
 */
void verify_chain(const struct verify_request *request, enum snp_report_signer signer,
	struct chain *chain, struct checks *checks);

/* revocation.c: the row REVOCATION. */
void verify_revocation(
	const struct verify_request *request, const struct chain *chain, struct checks *checks);

/* check_report.c: what the report alone must have; false if it cannot be read at all. */
MUST_CHECK bool verify_form(
	const struct verify_request *request, struct snp_report *report, struct checks *checks);

/* check_report.c: the report against its signing key's certificate. */
void verify_binding(
	const struct snp_report *report, const struct chain *chain, struct checks *checks);

/* The layout of the report's TCB versions, by its own word or else the certificate's. */
const struct tcb_layout *verify_layout(const struct snp_report *report, const struct chain *chain);

/* check_launch.c: what was launched, against image, references and policy. */
void verify_launch(const struct verify_request *request, const struct snp_report *report,
	struct checks *checks);

/* check_policy.c: what only the policy asks for. */
void verify_policy(const struct verify_request *request, const struct snp_report *report,
	const struct chain *chain, struct checks *checks);

/* check_data.c: nonce and manifest. */
void verify_data(const struct verify_request *request, const struct snp_report *report,
	struct checks *checks);

/* check_quote.c: the vTPM's quote, and what ties it to the manifest. */
void verify_quote(const struct verify_request *request, struct checks *checks);

/* check_pcrs.c: what a quote's PCRs hold, against log, values and policy. */
void verify_pcrs(const struct verify_request *request, const struct tpm_quote *quote,
	const struct tpm_hash *hash, struct checks *checks);

/* check_vtpm_certificates.c: the row TPM_CERTIFICATES, if there are any. */
void verify_vtpm_certificates(const struct verify_request *request,
	const struct vtpm_identity *identity, struct checks *checks);

#define VERIFY_TIME_SIZE 24
/* "2026-11-23T15:01:10Z". Returns @text. */
const char *verify_time_text(time_t time, char text[VERIFY_TIME_SIZE]);

#endif
