/* SPDX-License-Identifier: MIT */
/*
 * Reading quotes. A key that is restricted signs only what the TPM made, and
 * what a TPM makes begins with TPM_GENERATED: without it the rest is anybody's.
 */
#include "tpm_quote.h"

#include <inttypes.h>

#include "tpm_reader.h"

#define SELECT_BYTES (TPM_PCR_COUNT / 8)

static bool read_head(struct tpm_reader *reader, struct tool_error *error)
{
	const uint32_t magic = tpm_u32(reader);
	const uint16_t type = tpm_u16(reader);

	if (reader->failed)
		return true; /* tpm_finish() says so */
	if (magic != TPM_GENERATED_VALUE)
		return fail_at(error, 0,
			"it begins with 0x%08" PRIx32 ", not with TPM_GENERATED (0x%08x): "
			"no TPM made it",
			magic, TPM_GENERATED_VALUE);
	if (type != TPM_ST_ATTEST_QUOTE)
		return fail_at(error, 4, "attestation of type 0x%04x; a quote has 0x%04x", type,
			TPM_ST_ATTEST_QUOTE);
	return true;
}

static bool read_clock(struct tpm_reader *reader, struct tpm_quote *quote, struct tool_error *error)
{
	uint8_t safe;

	quote->clock = tpm_u64(reader);
	quote->reset_count = tpm_u32(reader);
	quote->restart_count = tpm_u32(reader);
	safe = tpm_u8(reader);
	quote->safe = safe;
	quote->firmware_version = tpm_u64(reader);
	return safe <= 1 || fail_at(error, reader->at, "clock is neither safe (1) nor not (0)");
}

/* TPMS_PCR_SELECTION */
static bool read_bank(struct tpm_reader *reader, struct tpm_quote *quote, struct tool_error *error)
{
	struct tpm_selection *bank = &quote->banks[quote->bank_count];
	const size_t at = reader->at;
	const uint16_t alg = tpm_u16(reader);
	const uint8_t size = tpm_u8(reader);
	const struct blob bits = tpm_bytes(reader, size);

	if (reader->failed)
		return true;
	*bank = (struct tpm_selection){.hash = tpm_hash_find(alg)};
	if (!bank->hash)
		return fail_at(error, at,
			"PCRs of algorithm 0x%04x; only SHA-256, SHA-384 and SHA-512 count", alg);
	for (size_t i = 0; i < size; i++) {
		if (i >= SELECT_BYTES && bits.bytes[i])
			return fail_at(error, at, "a PCR above %u is selected", TPM_PCR_COUNT - 1);
		if (i < SELECT_BYTES)
			bank->pcrs |= (uint32_t)bits.bytes[i] << 8 * i;
	}
	for (size_t i = 0; i < quote->bank_count; i++) {
		if (quote->banks[i].hash == bank->hash)
			return fail_at(error, at, "%s is selected twice", bank->hash->name);
	}
	quote->bank_count++;
	return true;
}

static bool read_banks(struct tpm_reader *reader, struct tpm_quote *quote, struct tool_error *error)
{
	const uint32_t count = tpm_u32(reader);
	uint32_t any = 0;

	if (count > TPM_BANKS_MAX)
		return fail_at(error, reader->at, "%" PRIu32 " selections of PCRs; at most %u",
			count, TPM_BANKS_MAX);
	for (uint32_t i = 0; i < count && !reader->failed; i++) {
		if (!read_bank(reader, quote, error))
			return false;
	}
	for (size_t i = 0; i < quote->bank_count; i++)
		any |= quote->banks[i].pcrs;
	return any || reader->failed || fail_at(error, reader->at, "no PCR is quoted");
}

static bool read_parts(struct tpm_reader *reader, struct tpm_quote *quote, struct tool_error *error)
{
	if (!read_head(reader, error))
		return false;
	quote->signer = tpm_sized(reader);
	quote->nonce = tpm_sized(reader);
	if (quote->nonce.size > TPM_DATA_MAX)
		return fail_at(error, reader->at, "a nonce of more than %u bytes", TPM_DATA_MAX);
	if (!read_clock(reader, quote, error) || !read_banks(reader, quote, error))
		return false;
	quote->digest = tpm_sized(reader);
	return true;
}

bool tpm_quote_read(const struct blob *blob, struct tpm_quote *quote, struct tool_error *error)
{
	struct tpm_reader reader = {.blob = *blob};

	*quote = (struct tpm_quote){.bank_count = 0};
	if (blob->size > TPM_QUOTE_MAX)
		return fail_at(error, TPM_QUOTE_MAX, "longer than a quote can be");
	return read_parts(&reader, quote, error) && tpm_finish(&reader, "the quote", error);
}

bool tpm_quote_has(const struct tpm_quote *quote, const struct tpm_hash *hash, unsigned int pcr)
{
	for (size_t i = 0; i < quote->bank_count; i++) {
		if (quote->banks[i].hash == hash)
			return quote->banks[i].pcrs & 1U << pcr;
	}
	return false;
}
