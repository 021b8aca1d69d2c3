/* SPDX-License-Identifier: MIT */
/*
 * The form of event logs.
 */
#include "event_log.h"

#include <inttypes.h>
#include <string.h>

#include "tpm_reader.h"

#define SHA1_SIZE 20

/* TCG_EfiSpecIDEvent.signature, with its NUL. */
static const char spec_id[16] = "Spec ID Event03";

/* Which size a digest of a known algorithm has; 0: the log says it. */
static size_t known_size(uint16_t alg)
{
	const struct tpm_hash *hash = tpm_hash_find(alg);

	if (alg == TPM_ALG_SHA1)
		return SHA1_SIZE;
	return hash ? hash->size : 0;
}

static const struct event_log_alg *find_alg(const struct event_log_head *head, uint16_t alg)
{
	for (size_t i = 0; i < head->alg_count; i++) {
		if (head->algs[i].alg == alg)
			return &head->algs[i];
	}
	return NULL;
}

static bool take_alg(
	struct tpm_reader *reader, struct event_log_head *head, struct tool_error *error)
{
	const struct event_log_alg entry = {.alg = tpm_u16(reader), .size = tpm_u16(reader)};
	const size_t size = known_size(entry.alg);

	if (reader->failed)
		return true;
	if (find_alg(head, entry.alg))
		return fail_at(error, reader->at, "algorithm 0x%04x is listed twice", entry.alg);
	if (!entry.size || entry.size > TPM_DIGEST_MAX || (size && size != entry.size))
		return fail_at(error, reader->at, "digests of algorithm 0x%04x have %u bytes",
			entry.alg, entry.size);
	head->algs[head->alg_count++] = entry;
	return true;
}

/* TCG_EfiSpecIDEvent */
static bool read_spec_id(
	struct tpm_reader *reader, struct event_log_head *head, struct tool_error *error)
{
	const struct blob signature = tpm_bytes(reader, sizeof(spec_id));
	uint32_t count;

	if (reader->failed || memcmp(signature.bytes, spec_id, sizeof(spec_id)))
		return fail_at(error, 0,
			"it does not begin with a Spec ID event of version 03: no crypto-agile log "
			"of a TPM 2.0");
	tpm_bytes(reader, 8); /* class of the platform, version, size of UINTN */
	count = tpm_u32(reader);
	if (reader->failed || !count || count > EVENT_ALGS_MAX)
		return fail_at(error, reader->at, "%" PRIu32 " algorithms; 1 to %u are expected",
			count, EVENT_ALGS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		if (!take_alg(reader, head, error))
			return false;
	}
	tpm_bytes(reader, tpm_u8(reader)); /* vendorInfo */
	return tpm_finish(reader, "the Spec ID event", error);
}

/* TCG_PCR_EVENT, the form of TPM 1.2: only the first event has it. */
static bool read_first(
	struct tpm_reader *reader, struct event_log_head *head, struct tool_error *error)
{
	const uint32_t pcr = tpm_u32(reader), type = tpm_u32(reader);
	struct tpm_reader inner = {.little_endian = true};
	size_t at;

	tpm_bytes(reader, SHA1_SIZE);
	at = reader->at + sizeof(uint32_t);
	inner.blob = tpm_bytes(reader, tpm_u32(reader));
	if (reader->failed)
		return fail_at(error, reader->at, "the log is cut off in its first event");
	if (pcr || type != TCG_EV_NO_ACTION)
		return fail_at(error, 0, "the first event is no Spec ID event");
	if (read_spec_id(&inner, head, error))
		return true;
	error->offset += at;
	return false;
}

static bool read_digest(struct tpm_reader *reader, const struct event_log_head *head,
	struct event *event, struct tool_error *error)
{
	const size_t at = reader->at;
	const uint16_t alg = tpm_u16(reader);
	const struct event_log_alg *entry = find_alg(head, alg);

	if (reader->failed)
		return true;
	if (!entry)
		return fail_at(
			error, at, "a digest of algorithm 0x%04x, which is not announced", alg);
	for (size_t i = 0; i < event->digest_count; i++) {
		if (event->digests[i].alg == alg)
			return fail_at(error, at, "two digests of algorithm 0x%04x", alg);
	}
	event->digests[event->digest_count++] = (struct event_digest){
		alg, tpm_bytes(reader, entry->size)};
	return true;
}

/* TCG_PCR_EVENT2: a digest of each algorithm that was announced. */
static bool read_event(struct tpm_reader *reader, const struct event_log_head *head,
	struct event *event, struct tool_error *error)
{
	uint32_t count;

	*event = (struct event){.at = reader->at, .pcr = tpm_u32(reader), .type = tpm_u32(reader)};
	count = tpm_u32(reader);
	if (!reader->failed && count != head->alg_count)
		return fail_at(error, event->at, "%" PRIu32 " digests; %zu were announced", count,
			head->alg_count);
	for (size_t i = 0; i < head->alg_count && !reader->failed; i++) {
		if (!read_digest(reader, head, event, error))
			return false;
	}
	event->data = tpm_bytes(reader, tpm_u32(reader));
	if (reader->failed)
		return fail_at(
			error, reader->at, "the log is cut off in the event at 0x%zx", event->at);
	return true;
}

bool event_log_read(const struct blob *log, struct event_log_head *head, event_fn take,
	void *context, struct tool_error *error)
{
	struct tpm_reader reader = {.blob = *log, .little_endian = true};
	struct event event;

	*head = (struct event_log_head){.alg_count = 0};
	if (log->size > EVENT_LOG_MAX)
		return fail_at(error, EVENT_LOG_MAX, "a log of more than 4 MiB");
	if (!read_first(&reader, head, error))
		return false;
	while (!tpm_at_end(&reader)) {
		if (!read_event(&reader, head, &event, error) || !take(context, &event, error))
			return false;
	}
	return true;
}
