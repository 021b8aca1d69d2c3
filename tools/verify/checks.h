/* SPDX-License-Identifier: MIT */
/*
 * The rows of a verdict: what was checked, whether it holds, and the values
 * that were compared. Every part of nacre-verify adds rows; the outputs (table,
 * JSON, EAR) only read them.
 */
#ifndef NACRE_VERIFY_CHECKS_H
#define NACRE_VERIFY_CHECKS_H

#include "compiler.h"

enum check_result {
	CHECK_HOLDS,
	CHECK_REFUSED,
	CHECK_NOT_DONE, /* nothing to check with; said, never taken for "holds" */
};

/* In the order of the table. */
enum check_id {
	CHECK_REPORT_FORM,
	CHECK_REPORT_VERSION,
	CHECK_RESERVED,
	CHECK_ALGORITHM,
	CHECK_SIGNER,
	CHECK_CERTIFICATE,
	CHECK_ANCHOR,
	CHECK_CHAIN,
	CHECK_VALIDITY,
	CHECK_REVOCATION,
	CHECK_SIGNATURE,
	CHECK_PRODUCT,
	CHECK_TCB,
	CHECK_CHIP_ID,
	CHECK_MINIMUM_TCB,
	CHECK_LAUNCH_TCB,
	CHECK_DEBUG,
	CHECK_MIGRATION,
	CHECK_VMPL,
	CHECK_MEASUREMENT,
	CHECK_IMAGE_POLICY,
	CHECK_POLICY_BITS,
	CHECK_ID_BLOCK,
	CHECK_ID_KEY,
	CHECK_AUTHOR_KEY,
	CHECK_FAMILY_ID,
	CHECK_IMAGE_ID,
	CHECK_GUEST_SVN,
	CHECK_HOST_DATA,
	CHECK_REPORT_DATA,
	CHECK_MANIFEST,
	CHECK_QUOTE,
	CHECK_QUOTE_KEY,
	CHECK_KEY_ORIGIN,
	CHECK_TPM_CERTIFICATES,
	CHECK_QUOTE_SIGNATURE,
	CHECK_QUOTE_NONCE,
	CHECK_EVENT_LOG,
	CHECK_PCR_DIGEST,
	CHECK_PCRS,
	CHECK_REQUIRED,
	CHECK_IDS
};

/* Which of AR4SI's trustworthiness claims a check speaks for; values are the CBOR keys. */
enum trust_claim {
	CLAIM_INSTANCE_IDENTITY = 0,
	CLAIM_CONFIGURATION = 1,
	CLAIM_EXECUTABLES = 2,
	CLAIM_HARDWARE = 4,
	CLAIM_RUNTIME_OPAQUE = 5,
	CLAIM_NONE = -1,
};

struct check_info {
	const char *name;  /* in JSON: "report-data" */
	const char *title; /* in the table: "report data" */
	enum trust_claim claim;
	int refused_value; /* the claim's value (AR4SI) if the check is refused */
};

struct check {
	enum check_id id;
	enum check_result result;
	char *found, *expected, *remark; /* owned; NULL: nothing to say */
};

#define CHECKS_MAX 64
struct checks {
	struct check rows[CHECKS_MAX];
	size_t count;
	bool amd_root; /* the trust anchor is AMD's, not the user's own */
};

const struct check_info *check_info(enum check_id id);

/* Adds a row; it stays valid until checks_free(). */
struct check *check_add(struct checks *checks, enum check_id id, enum check_result result);

/* Fill in a row's texts; each returns @check. Called again, they replace the text. */
struct check *row_found(struct check *check, const char *format, ...) PRINTF_LIKE(2, 3);
struct check *row_expected(struct check *check, const char *format, ...) PRINTF_LIKE(2, 3);
struct check *row_remark(struct check *check, const char *format, ...) PRINTF_LIKE(2, 3);

/* CHECK_HOLDS or CHECK_REFUSED. */
enum check_result check_if(bool holds);

/* Rows of that result. */
size_t checks_count(const struct checks *checks, enum check_result result);

/* Nothing is refused, and the report itself was judged. */
bool checks_accepted(const struct checks *checks);

const char *check_result_name(enum check_result result);
void checks_free(struct checks *checks);

#endif
