/* SPDX-License-Identifier: MIT */
/*
 * Quotes (TPMS_ATTEST of type TPM_ST_ATTEST_QUOTE, part 2, 10.12.12), as
 * tpm2_quote --message writes them.
 */
#ifndef NACRE_VERIFY_TPM_QUOTE_H
#define NACRE_VERIFY_TPM_QUOTE_H

#include "tools/common/error.h"
#include "tpm_hash.h"

#define TPM_QUOTE_MAX 4096U
#define TPM_BANKS_MAX 8U

/* PCRs of one bank, in the order in which the quote has them. */
struct tpm_selection {
	const struct tpm_hash *hash;
	uint32_t pcrs; /* a bit each */
};

struct tpm_quote {
	struct blob signer; /* qualified name of the key */
	struct blob nonce;  /* extraData */
	uint64_t clock;     /* milliseconds */
	uint32_t reset_count, restart_count;
	bool safe; /* the clock was not set back, as far as the TPM knows */
	uint64_t firmware_version;
	struct tpm_selection banks[TPM_BANKS_MAX];
	size_t bank_count;
	struct blob digest; /* of the selected PCRs */
};

/* @quote points into @blob; @error has the offset. */
MUST_CHECK bool tpm_quote_read(
	const struct blob *blob, struct tpm_quote *quote, struct tool_error *error);

/* Whether PCR @pcr of the bank is among what was quoted. */
bool tpm_quote_has(const struct tpm_quote *quote, const struct tpm_hash *hash, unsigned int pcr);

#endif
