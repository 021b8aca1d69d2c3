/* SPDX-License-Identifier: MIT */
/*
 * Event logs of measured boot: replayed to PCRs, and refused where their form is
 * broken.
 */
#include "tests/unit/unit_test.h"

#include <openssl/evp.h>

#include "tests/unit/tpm_fixture.h"
#include "tools/verify/event_log.h"

#define EV_ACTION 5

static struct blob blob_of(const struct buffer *log)
{
	return (struct blob){log->bytes, log->size};
}

static void replays(const struct buffer *log, struct pcrs *pcrs)
{
	const struct blob blob = blob_of(log);
	struct tool_error error;

	if (!event_log_replay(&blob, pcrs, &error))
		fail_msg("offset 0x%zx: %s", (size_t)error.offset, error.text);
}

static void refused(const struct buffer *log, const char *says)
{
	const struct blob blob = blob_of(log);
	struct tool_error error;
	struct pcrs pcrs;

	assert_false(event_log_replay(&blob, &pcrs, &error));
	if (!strstr(error.text, says))
		fail_msg("\"%s\" does not say \"%s\"", error.text, says);
	assert_true(error.has_offset && error.offset <= log->size);
}

static const uint8_t *value(const struct pcrs *pcrs, const char *bank, unsigned int pcr)
{
	return pcrs_value(pcrs, tpm_hash_of_name(bank), pcr);
}

static void events_extend(void **state)
{
	struct buffer log = {0};
	uint8_t wanted[32] = {0}, digest[96] = {0};
	struct pcrs pcrs;

	(void)state;
	log_put_head(&log);
	log_put_event(&log, 4, EV_ACTION, "one", 3);
	log_put_event(&log, 4, EV_ACTION, "two", 3);
	log_put_event(&log, 23, EV_ACTION, "", 0);
	log_put_event(&log, 0xffffffff, TCG_EV_NO_ACTION, "not extended", 12);
	log_put_event(&log, 4, TCG_EV_NO_ACTION, "not extended", 12);
	replays(&log, &pcrs);
	log_extend(wanted, "one", 3);
	log_extend(wanted, "two", 3);
	assert_memory_equal(value(&pcrs, "sha256", 4), wanted, 32);
	assert_int_equal(pcrs.events, 3);
	/* SHA-384 of zeros and SHA-384(""), computed in one go */
	assert_int_equal(EVP_Digest("", 0, digest + 48, NULL, EVP_sha384(), NULL), 1);
	assert_int_equal(EVP_Digest(digest, 96, digest, NULL, EVP_sha384(), NULL), 1);
	assert_memory_equal(value(&pcrs, "sha384", 23), digest, 48);
	assert_null(value(&pcrs, "sha512", 4));
	buffer_free(&log);
}

static void pcrs_begin_as_the_platform_says(void **state)
{
	uint8_t ones[32], zeros[32] = {0}, located[32] = {[31] = 3};
	struct buffer log = {0};
	struct pcrs pcrs;

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	log_put_head(&log);
	replays(&log, &pcrs);
	assert_memory_equal(value(&pcrs, "sha256", 0), zeros, 32);
	assert_memory_equal(value(&pcrs, "sha256", 16), zeros, 32);
	assert_memory_equal(value(&pcrs, "sha256", 17), ones, 32);
	assert_memory_equal(value(&pcrs, "sha256", 22), ones, 32);
	assert_memory_equal(value(&pcrs, "sha256", 23), zeros, 32);
	log_put_locality(&log, 3);
	log_put_event(&log, 1, EV_ACTION, "other", 5);
	replays(&log, &pcrs);
	assert_memory_equal(value(&pcrs, "sha256", 0), located, 32);
	assert_int_equal(value(&pcrs, "sha384", 0)[47], 3);
	log_put_event(&log, 0, EV_ACTION, "one", 3);
	replays(&log, &pcrs);
	log_extend(located, "one", 3);
	assert_memory_equal(value(&pcrs, "sha256", 0), located, 32);
	buffer_free(&log);
}

/* A locality behind an event of PCR 0, twice, or of no such number. */
static void localities_out_of_place(void **state)
{
	struct buffer log = {0};

	(void)state;
	log_put_head(&log);
	log_put_event(&log, 0, EV_ACTION, "one", 3);
	log_put_locality(&log, 3);
	refused(&log, "StartupLocality");
	buffer_free(&log);
	log = (struct buffer){0};
	log_put_head(&log);
	log_put_locality(&log, 0);
	log_put_locality(&log, 3);
	refused(&log, "StartupLocality");
	buffer_free(&log);
	log = (struct buffer){0};
	log_put_head(&log);
	log_put_locality(&log, 2);
	refused(&log, "startup locality 2");
	buffer_free(&log);
}

/* At each place but between two events; and in memory of that size. */
static void cut_logs_are_refused(void **state)
{
	struct buffer log = {0};
	size_t whole[2];

	(void)state;
	log_put_head(&log);
	whole[0] = log.size;
	log_put_event(&log, 4, EV_ACTION, "one", 3);
	whole[1] = log.size;
	log_put_event(&log, 5, EV_ACTION, "two", 3);
	for (size_t size = 0; size < log.size; size++) {
		struct blob blob = {malloc(size ? size : 1), size};
		struct tool_error error;
		struct pcrs pcrs;
		bool ok;

		assert_non_null(blob.bytes);
		memcpy((void *)blob.bytes, log.bytes, size);
		ok = event_log_replay(&blob, &pcrs, &error);
		assert_int_equal(ok, size == whole[0] || size == whole[1]);
		free((void *)blob.bytes);
	}
	buffer_free(&log);
}

/*
 * Offsets of the first log's parts: pcr 0, type 4, size 28, the Spec ID event 32 to 73;
 * behind it an event with pcr 73, type 77, count 81, digests from 85 and 107 on.
 */
static void strange_logs_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *says;
	} cases[] = {{0, 1, "no Spec ID"}, {4, 1, "no Spec ID"}, {32 + 14, '2', "version 03"},
		{56, 0, "0 algorithms"}, {56, 9, "9 algorithms"}, {56, 2, "cut off"},
		{62, 21, "have 21"}, {64, 4, "listed twice"}, {72, 1, "cut off"},
		{73, 24, "PCR 24"}, {81, 2, "2 digests"}, {81 + 4, 0x0d, "not announced"},
		{107, 0x04, "two digests"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buffer log = {0};

		log_put_head(&log);
		assert_int_equal(log.size, 73);
		log_put_event(&log, 4, EV_ACTION, "one", 3);
		log.bytes[cases[i].at] = cases[i].value;
		refused(&log, cases[i].says);
		buffer_free(&log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_extend),
		cmocka_unit_test(pcrs_begin_as_the_platform_says),
		cmocka_unit_test(localities_out_of_place),
		cmocka_unit_test(cut_logs_are_refused),
		cmocka_unit_test(strange_logs_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
