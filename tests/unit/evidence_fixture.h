/* SPDX-License-Identifier: MIT */
/*
 * Whole evidence under the TEST chain of verify_fixture.h, good until a test
 * changes something in it, and assertions on the verdict.
 */
#ifndef NACRE_UNIT_EVIDENCE_FIXTURE_H
#define NACRE_UNIT_EVIDENCE_FIXTURE_H

#include "tools/verify/verify.h"

#define EVIDENCE_TIME 1795446000 /* 2026-11-23 */

/* Evidence, what it is held against, and the rows of the last verdict. */
struct evidence {
	struct snp_report report;
	struct certificates certificates;
	struct reference reference;
	struct policy policy;
	struct blob nonce, manifest_blob;
	struct buffer manifest;
	uint8_t nonce_bytes[64];
	struct verify_request request;
	struct checks checks;
};

/* A plain report of VMPL 2 with VCEK, ASK and ARK, its measurement and nonce. */
struct evidence *evidence_plain(void);

/* A service report of VMPL 0 with its manifest. */
struct evidence *evidence_service(void);
void evidence_free(struct evidence *evidence);

/* Signs the report again, with the VCEK. */
void evidence_sign(struct evidence *evidence);

/* Adds a reference to @certificate. */
void evidence_add(struct evidence *evidence, X509 *certificate);

/* Puts @certificate in the place of number @i; its reference is taken over. */
void evidence_swap(struct evidence *evidence, size_t i, X509 *certificate);

void evidence_judge(struct evidence *evidence);

/* These judge, and fail the test if the verdict is another. */
void evidence_accepted(struct evidence *evidence);
void evidence_refused(struct evidence *evidence, enum check_id id);

/* Refused by the row @id and no other; what it found has @text in it. */
void evidence_refused_only(struct evidence *evidence, enum check_id id, const char *text);

/* The row of the last verdict; fails the test if there is none. */
const struct check *evidence_row(const struct evidence *evidence, enum check_id id);

#endif
