/* SPDX-License-Identifier: MIT */
/*
 * From an event log to the values of PCRs.
 */
#include <inttypes.h>
#include <string.h>

#include "event_log.h"

/* PCRs of the dynamic launch begin with ones, the others with zeros (PC Client PTP, 3.2.1). */
#define DYNAMIC_FIRST 17U
#define DYNAMIC_LAST 22U

/* TCG_EfiStartupLocalityEvent.signature, with its NUL; the locality is behind it. */
static const char locality_signature[16] = "StartupLocality";

struct replay {
	struct pcrs *pcrs;
	bool extended_0, located; /* PCR 0 was extended; its start is known */
};

static void reset(struct pcrs *pcrs)
{
	*pcrs = (struct pcrs){.events = 0};
	for (size_t i = 0; i < TPM_HASHES; i++) {
		for (unsigned int pcr = DYNAMIC_FIRST; pcr <= DYNAMIC_LAST; pcr++)
			memset(pcrs->banks[i].values[pcr], 0xff, TPM_DIGEST_MAX);
	}
}

/* PCR 0 begins with the locality of TPM2_Startup in its last byte. */
static bool take_locality(
	struct replay *replay, const struct event *event, struct tool_error *error)
{
	const uint8_t locality = event->data.bytes[sizeof(locality_signature)];

	if (event->pcr || replay->located || replay->extended_0)
		return fail_at(
			error, event->at, "a StartupLocality event that is not the first of PCR 0");
	if (locality != 0 && locality != 3 && locality != 4)
		return fail_at(
			error, event->at, "startup locality %u; 0, 3 or 4 is expected", locality);
	replay->located = true;
	for (size_t i = 0; i < TPM_HASHES; i++)
		replay->pcrs->banks[i].values[0][tpm_hashes[i].size - 1] = locality;
	return true;
}

/* Nothing is extended with such an event. */
static bool take_no_action(
	struct replay *replay, const struct event *event, struct tool_error *error)
{
	if (event->data.size != sizeof(locality_signature) + 1 ||
		memcmp(event->data.bytes, locality_signature, sizeof(locality_signature)))
		return true;
	return take_locality(replay, event, error);
}

static void extend(const struct tpm_hash *hash, uint8_t *value, const struct blob *digest)
{
	const struct blob pieces[] = {{value, hash->size}, *digest};
	uint8_t next[TPM_DIGEST_MAX];

	tpm_hash_pieces(hash, pieces, ARRAY_SIZE(pieces), next);
	memcpy(value, next, hash->size);
}

static bool take_event(void *context, const struct event *event, struct tool_error *error)
{
	struct replay *replay = context;
	struct pcrs *pcrs = replay->pcrs;

	if (event->type == TCG_EV_NO_ACTION)
		return take_no_action(replay, event, error);
	if (event->pcr >= TPM_PCR_COUNT)
		return fail_at(error, event->at, "an event of PCR %" PRIu32, event->pcr);
	replay->extended_0 |= event->pcr == 0;
	pcrs->events++;
	for (size_t i = 0; i < event->digest_count; i++) {
		const struct tpm_hash *hash = tpm_hash_find(event->digests[i].alg);

		if (hash)
			extend(hash, pcrs->banks[hash - tpm_hashes].values[event->pcr],
				&event->digests[i].bytes);
	}
	return true;
}

bool event_log_replay(const struct blob *log, struct pcrs *pcrs, struct tool_error *error)
{
	struct replay replay = {.pcrs = pcrs};
	struct event_log_head head;

	reset(pcrs);
	if (!event_log_read(log, &head, take_event, &replay, error))
		return false;
	for (size_t i = 0; i < head.alg_count; i++) {
		const struct tpm_hash *hash = tpm_hash_find(head.algs[i].alg);

		if (hash)
			pcrs->banks[hash - tpm_hashes].present = true;
	}
	return true;
}

const uint8_t *pcrs_value(const struct pcrs *pcrs, const struct tpm_hash *hash, unsigned int pcr)
{
	const struct pcr_bank *bank = &pcrs->banks[hash - tpm_hashes];

	return bank->present ? bank->values[pcr] : NULL;
}
