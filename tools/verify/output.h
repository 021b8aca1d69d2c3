/* SPDX-License-Identifier: MIT */
/*
 * The verdict for people (a table), for programs (JSON), and for relying parties
 * (an EAR, draft-ietf-rats-ear).
 */
#ifndef NACRE_VERIFY_OUTPUT_H
#define NACRE_VERIFY_OUTPUT_H

#include <jansson.h>
#include <stdio.h>
#include <time.h>

#include "checks.h"
#include "tools/common/buffer.h"
#include "tools/common/error.h"

struct output_facts {
	const char *report; /* the file's name */
	time_t time;        /* for which the evidence was judged */
	time_t issued;      /* now */
	const struct blob *report_bytes;
	const struct blob *nonce; /* or NULL */
	const char *policy_sha256;
};

void output_table(const struct checks *checks, const struct output_facts *facts, FILE *out);

/* A new reference. */
json_t *output_json(const struct checks *checks, const struct output_facts *facts);

/* The claims set in deterministic CBOR, appended to @out. */
MUST_CHECK bool output_ear(const struct checks *checks, const struct output_facts *facts,
	struct buffer *out, struct tool_error *error);

/* ear.status: tiers of AR4SI. */
enum ear_tier {
	EAR_NONE = 0,
	EAR_AFFIRMING = 2,
	EAR_WARNING = 32,
	EAR_CONTRAINDICATED = 96,
};

/*
 * Affirming if all was checked and holds under AMD's root; a warning if all
 * that was checked holds, and something was not, or the root is the user's own.
 */
enum ear_tier output_tier(const struct checks *checks);

#endif
