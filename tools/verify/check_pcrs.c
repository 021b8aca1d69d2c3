/* SPDX-License-Identifier: MIT */
/*
 * What the quoted PCRs hold: a quote has only a digest of them, so an event log
 * or the values themselves must say, and are believed if they give that digest.
 */
#include <inttypes.h>
#include <string.h>

#include "tools/common/text.h"
#include "verify.h"

#define QUOTED_MAX (TPM_BANKS_MAX * TPM_PCR_COUNT)
#define DIGEST_TEXT_SIZE (2 * TPM_DIGEST_MAX + 1)

/* Values as tpm2_pcrread and tpm2_quote write them: behind each other, as selected. */
static bool take_values(const struct tpm_quote *quote, const struct blob *blob, struct pcrs *pcrs,
	struct tool_error *error)
{
	size_t at = 0;

	*pcrs = (struct pcrs){.events = 0};
	for (size_t i = 0; i < quote->bank_count; i++) {
		const struct tpm_selection *bank = &quote->banks[i];
		struct pcr_bank *values = &pcrs->banks[bank->hash - tpm_hashes];

		values->present = true;
		for (unsigned int pcr = 0; pcr < TPM_PCR_COUNT; pcr++) {
			if (!(bank->pcrs & 1U << pcr))
				continue;
			if (blob->size - at < bank->hash->size)
				return fail_at(error, at, "no value of %s:%u, which is quoted",
					bank->hash->name, pcr);
			memcpy(values->values[pcr], blob->bytes + at, bank->hash->size);
			at += bank->hash->size;
		}
	}
	return at == blob->size ||
	       fail_at(error, at, "%zu bytes behind the values of all that is quoted",
		       blob->size - at);
}

/* The row of what says the values; false if there are none. */
static bool read_pcrs(const struct quote_evidence *evidence, const struct tpm_quote *quote,
	struct pcrs *pcrs, struct checks *checks)
{
	struct tool_error error;
	struct check *row;
	bool ok;

	if (!evidence->event_log && !evidence->pcr_values) {
		row = check_add(checks, CHECK_EVENT_LOG, CHECK_NOT_DONE);
		row_found(row, "none");
		row_remark(
			row, "no --event-log and no --pcr-values: nothing says what the PCRs hold");
		return false;
	}
	ok = evidence->event_log ? event_log_replay(evidence->event_log, pcrs, &error)
				 : take_values(quote, evidence->pcr_values, pcrs, &error);
	row = check_add(checks, CHECK_EVENT_LOG, check_if(ok));
	if (!ok)
		row_found(row, "offset 0x%" PRIx64 ": %s", error.offset, error.text);
	else if (evidence->event_log)
		row_found(row, "%zu events", pcrs->events);
	else
		row_found(row, "values without a log");
	return ok;
}

/* The digest that a TPM makes of these values; false if a bank is not there. */
static bool digest_of(const struct tpm_quote *quote, const struct pcrs *pcrs,
	const struct tpm_hash *hash, uint8_t digest[TPM_DIGEST_MAX], struct tool_error *error)
{
	struct blob pieces[QUOTED_MAX];
	size_t count = 0;

	for (size_t i = 0; i < quote->bank_count; i++) {
		const struct tpm_hash *bank = quote->banks[i].hash;

		for (unsigned int pcr = 0; pcr < TPM_PCR_COUNT; pcr++) {
			if (!(quote->banks[i].pcrs & 1U << pcr))
				continue;
			pieces[count] = (struct blob){pcrs_value(pcrs, bank, pcr), bank->size};
			if (!pieces[count++].bytes)
				return fail_with(error, "the log has no digests of %s", bank->name);
		}
	}
	tpm_hash_pieces(hash, pieces, count, digest);
	return true;
}

/* True if these values are what was quoted. */
static bool check_digest(const struct tpm_quote *quote, const struct pcrs *pcrs,
	const struct tpm_hash *hash, struct checks *checks)
{
	uint8_t digest[TPM_DIGEST_MAX];
	char text[DIGEST_TEXT_SIZE] = "";
	struct tool_error error;
	const bool known = digest_of(quote, pcrs, hash, digest, &error);
	const bool holds = known && quote->digest.size == hash->size &&
			   !memcmp(quote->digest.bytes, digest, hash->size);
	struct check *row = check_add(checks, CHECK_PCR_DIGEST, check_if(holds));

	if (known)
		hex_encode(digest, hash->size, text);
	row_found(row, "%s", known ? text : error.text);
	if (holds)
		return true;
	if (quote->digest.size <= TPM_DIGEST_MAX)
		hex_encode(quote->digest.bytes, quote->digest.size, text);
	row_expected(row, "%s, the quote's", text);
	return false;
}

static bool is_listed(const struct policy_pcr *wanted, const uint8_t *value)
{
	for (size_t i = 0; i < wanted->count; i++) {
		if (!memcmp(wanted->values[i], value, wanted->hash->size))
			return true;
	}
	return false;
}

/* Fills in @row for the first PCR that is not as wanted; true if @wanted is. */
static bool check_pcr(const struct tpm_quote *quote, const struct pcrs *pcrs,
	const struct policy_pcr *wanted, struct check *row)
{
	const uint8_t *value = pcrs_value(pcrs, wanted->hash, wanted->pcr);
	char text[DIGEST_TEXT_SIZE];

	if (!tpm_quote_has(quote, wanted->hash, wanted->pcr) || !value) {
		row_found(row, "%s:%u is not quoted", wanted->hash->name, wanted->pcr);
		return false;
	}
	if (is_listed(wanted, value))
		return true;
	hex_encode(value, wanted->hash->size, text);
	row_found(row, "%s:%u is %s", wanted->hash->name, wanted->pcr, text);
	hex_encode(wanted->values[0], wanted->hash->size, text);
	row_expected(row, "%s%s", text, wanted->count > 1 ? ", or another of the policy's" : "");
	return false;
}

static void check_policy_pcrs(const struct policy *policy, const struct tpm_quote *quote,
	const struct pcrs *pcrs, struct checks *checks)
{
	struct check *row;

	if (!policy->pcr_count)
		return;
	row = check_add(checks, CHECK_PCRS, CHECK_REFUSED);
	if (!pcrs) {
		row_found(row, "nothing says what they hold that the quote's digest covers");
		return;
	}
	for (size_t i = 0; i < policy->pcr_count; i++) {
		if (!check_pcr(quote, pcrs, &policy->pcrs[i], row))
			return;
	}
	row->result = CHECK_HOLDS;
	row_found(row, "%zu as the policy wants them", policy->pcr_count);
}

void verify_pcrs(const struct verify_request *request, const struct tpm_quote *quote,
	const struct tpm_hash *hash, struct checks *checks)
{
	struct pcrs pcrs;
	const bool proved = read_pcrs(request->quote, quote, &pcrs, checks) &&
			    check_digest(quote, &pcrs, hash, checks);

	check_policy_pcrs(request->policy, quote, proved ? &pcrs : NULL, checks);
}
