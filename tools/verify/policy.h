/* SPDX-License-Identifier: MIT */
/*
 * The policy of who relies on the report: a JSON document, described in
 * docs/man/nacre-verify.1, that says what is demanded beyond what always is.
 */
#ifndef NACRE_VERIFY_POLICY_H
#define NACRE_VERIFY_POLICY_H

#include "snp_guest.h"
#include "tcb.h"
#include "tools/common/buffer.h"
#include "tools/common/error.h"
#include "tpm_hash.h"

#define POLICY_FILE_MAX (1 * MIB)
#define POLICY_VALUES_MAX 64
#define POLICY_VALUE_SIZE 64

/* Values of which a report must have one; without any, all are accepted. */
struct policy_values {
	size_t count;
	uint8_t values[POLICY_VALUES_MAX][POLICY_VALUE_SIZE]; /* the first bytes count */
};

/* Values of one PCR of which it must have one. */
#define POLICY_PCR_VALUES_MAX 16
struct policy_pcr {
	const struct tpm_hash *hash;
	unsigned int pcr;
	size_t count;
	uint8_t values[POLICY_PCR_VALUES_MAX][TPM_DIGEST_MAX];
};

#define POLICY_PCRS_MAX (TPM_HASHES * TPM_PCR_COUNT)
struct policy {
	uint32_t report_versions; /* a bit each; 0: all that are known */
	uint32_t signing_keys;    /* a bit for each enum snp_report_signer; 0: all */
	uint32_t vmpls;           /* of plain reports, a bit each */
	bool has_tcb;
	bool has_line[PRODUCT_LINES]; /* with @has_tcb: the others are refused */
	uint64_t tcb[PRODUCT_LINES];
	uint64_t bits_required, bits_forbidden; /* of the guest policy */
	bool allow_debug, allow_migration_agent;
	bool any_guest_policy; /* it need not be the one that the image names */
	bool has_guest_svn;
	uint32_t guest_svn; /* at least */
	struct policy_values host_data, id_keys, author_keys, family_ids, image_ids;
	bool require_nonce, require_crl, require_manifest;
	bool require_quote, require_quote_nonce, require_event_log;
	struct policy_pcr pcrs[POLICY_PCRS_MAX];
	size_t pcr_count;
};

/* Without a file. Reports of VMPL 0 to 2 are accepted, no debugging, no migration agent. */
void policy_default(struct policy *policy);

/*
 * Reads a policy. Nothing in it is ignored: @error names the key that is
 * unknown or has the wrong value, or the offset at which the JSON is broken.
 */
MUST_CHECK bool policy_read(
	const struct blob *blob, struct policy *policy, struct tool_error *error);

/* Whether the first @size bytes of @value are one of the values. */
bool policy_has_value(const struct policy_values *values, const void *value, size_t size);

#endif
