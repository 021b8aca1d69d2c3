/* SPDX-License-Identifier: MIT */
/*
 * Event logs of measured boot (TCG, PC Client Platform Firmware Profile, section
 * 10): the crypto-agile form that Linux shows as binary_bios_measurements. A log
 * is hostile: what it says is worth what a quote of the PCRs that it replays to
 * proves, and that covers the digests, not the words beside them.
 */
#ifndef NACRE_VERIFY_EVENT_LOG_H
#define NACRE_VERIFY_EVENT_LOG_H

#include "tools/common/error.h"
#include "tpm_hash.h"

#define EVENT_LOG_MAX (4 * MIB)
#define EVENT_ALGS_MAX 8U

/* What one event extends a PCR with. */
struct event_digest {
	uint16_t alg;
	struct blob bytes;
};

struct event {
	size_t at; /* its offset in the log */
	uint32_t pcr, type;
	struct event_digest digests[EVENT_ALGS_MAX];
	size_t digest_count;
	struct blob data;
};

/* Banks of PCRs; those of algorithms that the log has not are not @present. */
struct pcr_bank {
	bool present;
	uint8_t values[TPM_PCR_COUNT][TPM_DIGEST_MAX];
};

struct pcrs {
	struct pcr_bank banks[TPM_HASHES]; /* as tpm_hashes */
	size_t events;                     /* that extended something */
};

/* Called for each event behind the first one; false, with @error, ends the reading. */
typedef bool (*event_fn)(void *context, const struct event *event, struct tool_error *error);

struct event_log_alg {
	uint16_t alg, size;
};

/* What the first event, Spec ID, says. */
struct event_log_head {
	struct event_log_alg algs[EVENT_ALGS_MAX];
	size_t alg_count;
};

/* Reads all of @log; @error has the offset. */
MUST_CHECK bool event_log_read(const struct blob *log, struct event_log_head *head, event_fn take,
	void *context, struct tool_error *error);

/* What the PCRs of SHA-256, SHA-384 and SHA-512 hold after all events of @log. */
MUST_CHECK bool event_log_replay(
	const struct blob *log, struct pcrs *pcrs, struct tool_error *error);

/* NULL if the log has no such bank. */
const uint8_t *pcrs_value(const struct pcrs *pcrs, const struct tpm_hash *hash, unsigned int pcr);

#endif
