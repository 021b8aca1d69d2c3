/* SPDX-License-Identifier: MIT */
/*
 * The exchange with the secure processor, the test playing host and secure
 * processor behind VMGEXIT: what an honest host carries arrives; no sequence
 * number ever stands for two ciphertexts; busy hosts are borne, with a bound;
 * and each other refusal, replay, forgery or truncation ends the key for good.
 */
#include "unit_test.h"

#include "fake_platform.h"
#include "kernel/fault_access.h"
#include "kernel/frames.h"
#include "kernel/image.h"
#include "kernel/log.h"
#include "kernel/paging.h"
#include "kernel/panic.h"
#include "platform.h"
#include "platform/sev-snp/ghcb_page.h"
#include "platform/sev-snp/guest_message.h"
#include "platform/sev-snp/guest_request.h"
#include "platform/sev-snp/insn.h"

#define SHARED_GPA 0x700000UL
#define MASK(field) BIT(GHCB_VALID_BIT(field) % 64)
#define BUSY ((uint64_t)SNP_GUEST_VMM_BUSY << SNP_GUEST_VMM_SHIFT)
#define INVALID_LEN ((uint64_t)SNP_GUEST_VMM_INVALID_LEN << SNP_GUEST_VMM_SHIFT)
#define CERTIFICATES 1000U
#define EXITS_MAX 64U

__thread struct cpu *fake_this_cpu;
struct snp_secrets special_secrets;
static struct cpu cpu;
static struct ghcb ghcb ALIGNED(4096);
static struct guest_request_pages shared ALIGNED(4096);
static struct platform_evidence evidence;

static uint8_t original_key[VMPCK_SIZE];
static uint64_t psp_count; /* as the secure processor counts */
static unsigned int exits, rescinded, made_shared, mapped_shared;
static uint64_t codes[EXITS_MAX];
static struct guest_request shown[EXITS_MAX]; /* every ciphertext that the host has seen */
static struct snp_msg last_response;

/* What the host does; set by each test. */
static uint64_t info2[EXITS_MAX]; /* by exit; 0: carries the message */
static uint64_t result;           /* SW_EXITINFO1 */
static uint64_t pages_wanted;
static uint32_t status, report_size;
static void (*tamper)(struct snp_msg *response);

struct spa spa_of(const volatile void *memory)
{
	return (struct spa){(uint64_t)memory - (uint64_t)&shared + SHARED_GPA};
}

void *frames_need(unsigned int pages)
{
	assert_int_equal(pages * PAGE_SIZE, sizeof(shared));
	return &shared;
}

enum page_result platform_page_rescind(struct va va, enum page_size size)
{
	assert_int_equal(size, PAGE_4K);
	assert_true(va.value - (uint64_t)&shared < sizeof(shared));
	rescinded++;
	return PAGE_OK;
}

void platform_make_shared(const struct page_span *spans, unsigned int count)
{
	assert_int_equal(count, 1);
	assert_int_equal(spans->base, SHARED_GPA);
	made_shared += (unsigned int)(spans->size / PAGE_SIZE);
}

void paging_set_shared(struct va va)
{
	(void)va;
	mapped_shared++;
}

bool fault_clear(void *at, size_t size)
{
	memset(at, 0, size);
	return true;
}

void log_line(enum log_level level, const char *text, ...)
{
	(void)level;
	(void)text;
}

void log_flush(void)
{
}

void give_up(unsigned int reason, const char *text, ...)
{
	(void)reason;
	fail_msg("gave up: %s", text);
	abort();
}

void wipe_and_terminate(unsigned int reason)
{
	(void)reason;
	fail_msg("terminated");
	abort();
}

/* ---- Secure processor and host ---- */

/* A key that tells what was asked for. */
static void answer_key(void)
{
	const struct snp_msg *request = &shared.request;
	struct snp_key_req wanted;
	struct snp_key_rsp answer = {.status = status};
	struct snp_msg_header before = {
		.sequence = psp_count, .type = SNP_MSG_KEY_REQ - 1, .version = SNP_MSG_VERSION};

	assert_true(guest_message_open(&request->header, &before, original_key, request->payload,
		&wanted, sizeof(wanted)));
	assert_int_equal(wanted.vmpl, 0);
	assert_int_equal(wanted.root_key_select, SNP_KEY_ROOT_VCEK);
	assert_true(wanted.guest_field_select & SNP_KEY_FIELD_MEASUREMENT);
	psp_count += 2;
	memset(answer.key, 0x4b, sizeof(answer.key));
	shared.response.header = guest_message_header(
		SNP_MSG_KEY_RSP, 0, psp_count, sizeof(answer));
	assert_true(guest_message_seal(
		&shared.response.header, original_key, &answer, shared.response.payload));
	last_response = shared.response;
}

static void answer_report(void)
{
	const struct snp_msg *request = &shared.request;
	struct snp_report_req wanted;
	struct snp_report_rsp answer = {.status = status, .report_size = report_size};
	struct snp_msg_header before = {
		.sequence = psp_count, .type = SNP_MSG_REPORT_REQ - 1, .version = SNP_MSG_VERSION};

	assert_true(guest_message_open(&request->header, &before, original_key, request->payload,
		&wanted, sizeof(wanted)));
	psp_count += 2;
	answer.report.vmpl = wanted.vmpl;
	memcpy(answer.report.report_data, wanted.report_data, sizeof(wanted.report_data));
	shared.response.header = guest_message_header(
		SNP_MSG_REPORT_RSP, 0, psp_count, sizeof(answer));
	assert_true(guest_message_seal(
		&shared.response.header, original_key, &answer, shared.response.payload));
	last_response = shared.response;
}

static void answer_message(void)
{
	if (shared.request.header.type == SNP_MSG_KEY_REQ)
		answer_key();
	else
		answer_report();
}

static void give_certificates(void)
{
	const struct snp_cert_entry entry = {SNP_CERT_GUID_VCEK, 48, CERTIFICATES - 48};

	assert_int_equal(ghcb.rax, SHARED_GPA + 2 * PAGE_SIZE);
	assert_int_equal(ghcb.rbx, CERTIFICATE_PAGES);
	memset(shared.certificates, 0xce, CERTIFICATES);
	memset(shared.certificates, 0, 48);
	memcpy(shared.certificates, &entry, sizeof(entry));
}

static void check_request(void)
{
	assert_true(ghcb.sw_exit_code == GHCB_EVENT_GUEST_REQUEST ||
		    ghcb.sw_exit_code == GHCB_EVENT_EXT_GUEST_REQUEST);
	assert_int_equal(ghcb.sw_exit_info1, SHARED_GPA);
	assert_int_equal(ghcb.sw_exit_info2, SHARED_GPA + PAGE_SIZE);
	assert_true(exits < EXITS_MAX);
	codes[exits] = ghcb.sw_exit_code;
	memcpy(&shown[exits], &shared.request, sizeof(shown[0]));
}

void vmgexit(void)
{
	uint64_t answer = info2[exits];

	check_request();
	exits++;
	if (!answer) {
		answer_message();
		if (ghcb.sw_exit_code == GHCB_EVENT_EXT_GUEST_REQUEST)
			give_certificates();
	}
	if (tamper)
		tamper(&shared.response);
	ghcb.sw_exit_info1 = result;
	ghcb.sw_exit_info2 = answer;
	ghcb.rbx = pages_wanted;
	ghcb.valid_bitmap[1] |= MASK(rbx);
}

static int setup(void **state)
{
	(void)state;
	memset(&guest_channel, 0, sizeof(guest_channel));
	memset(&shared, 0xa5, sizeof(shared));
	memset(&special_secrets, 0x11, sizeof(special_secrets));
	memcpy(original_key, special_secrets.vmpck[0], sizeof(original_key));
	memset(info2, 0, sizeof(info2));
	memset(shown, 0, sizeof(shown));
	psp_count = exits = rescinded = made_shared = mapped_shared = 0;
	pages_wanted = result = status = 0;
	report_size = sizeof(struct snp_report);
	tamper = NULL;
	fake_this_cpu = &cpu;
	cpu.ghcb = &ghcb;
	platform_attest_init();
	return 0;
}

/* Report data that is all @byte. */
static enum attest_result ask(uint8_t byte, bool certificates)
{
	uint8_t data[PLATFORM_REPORT_DATA_SIZE];

	memset(data, byte, sizeof(data));
	return platform_attest_report(data, certificates, &evidence);
}

static void assert_report(uint8_t byte)
{
	struct snp_report report;

	assert_int_equal(evidence.report_size, sizeof(report));
	memcpy(&report, evidence.report, sizeof(report));
	assert_int_equal(report.vmpl, 0);
	assert_int_equal(report.report_data[0], byte);
	assert_int_equal(report.report_data[63], byte);
}

static bool key_is_wiped(void)
{
	static const uint8_t zero[VMPCK_SIZE];

	return !memcmp(special_secrets.vmpck[0], zero, sizeof(zero));
}

/* No two ciphertexts under one sequence number. */
static void assert_no_number_twice(void)
{
	for (unsigned int i = 0; i < exits; i++)
		for (unsigned int j = 0; j < i; j++)
			if (shown[i].header.sequence == shown[j].header.sequence)
				assert_memory_equal(&shown[i], &shown[j], sizeof(shown[0]));
}

static void assert_closed(void)
{
	unsigned int before = exits;

	assert_true(key_is_wiped());
	assert_int_equal(ask(1, true), ATTEST_CLOSED);
	assert_int_equal(ask(2, false), ATTEST_CLOSED);
	assert_int_equal(exits, before);
	assert_no_number_twice();
	assert_memory_not_equal(special_secrets.vmpck[2], special_secrets.vmpck[0], VMPCK_SIZE);
}

/* ---- An honest host ---- */

static void pages_are_made_shared_once(void **state)
{
	(void)state;
	assert_int_equal(rescinded, 6);
	assert_int_equal(made_shared, 6);
	assert_int_equal(mapped_shared, 6);
	assert_int_equal(shared.request.payload[100], 0);
}

static void reports_arrive(void **state)
{
	(void)state;
	for (uint8_t i = 1; i < 5; i++) {
		assert_int_equal(ask(i, false), ATTEST_OK);
		assert_report(i);
		assert_int_equal(evidence.certificates_size, 0);
		assert_int_equal(codes[exits - 1], GHCB_EVENT_GUEST_REQUEST);
		assert_int_equal(shown[exits - 1].header.sequence, 2 * i - 1);
	}
	assert_int_equal(exits, 4);
	assert_no_number_twice();
}

static void certificates_come_with_it(void **state)
{
	(void)state;
	assert_int_equal(ask(9, true), ATTEST_OK);
	assert_report(9);
	assert_int_equal(codes[0], GHCB_EVENT_EXT_GUEST_REQUEST);
	assert_int_equal(evidence.certificates_size, CERTIFICATES);
	assert_int_equal(evidence.certificates[CERTIFICATES - 1], 0xce);
	assert_int_equal(exits, 1);
}

static void a_refusal_leaves_the_channel_open(void **state)
{
	(void)state;
	status = SNP_MSG_INVALID_PARAMETERS;
	assert_int_equal(ask(1, false), ATTEST_REFUSED);
	status = 0;
	report_size = 0;
	assert_int_equal(ask(1, false), ATTEST_REFUSED);
	report_size = sizeof(struct snp_report);
	assert_int_equal(ask(1, false), ATTEST_OK);
	assert_report(1);
}

/* ---- A key ---- */

static bool answer_is_wiped(void)
{
	const uint8_t *bytes = (const uint8_t *)&guest_channel.answer;

	for (size_t i = 0; i < sizeof(struct snp_key_rsp); i++)
		if (bytes[i])
			return false;
	return true;
}

static void a_key_arrives(void **state)
{
	uint8_t key[PLATFORM_KEY_SIZE] = {0}, expected[PLATFORM_KEY_SIZE];

	(void)state;
	memset(expected, 0x4b, sizeof(expected));
	assert_int_equal(platform_derive_key(key), ATTEST_OK);
	assert_memory_equal(key, expected, sizeof(key));
	assert_true(answer_is_wiped());
	assert_int_equal(ask(1, false), ATTEST_OK);
	assert_report(1);
	assert_no_number_twice();
}

static void a_key_is_refused(void **state)
{
	static const uint8_t none[PLATFORM_KEY_SIZE];
	uint8_t key[PLATFORM_KEY_SIZE] = {0};

	(void)state;
	status = SNP_MSG_INVALID_PARAMETERS;
	assert_int_equal(platform_derive_key(key), ATTEST_REFUSED);
	assert_memory_equal(key, none, sizeof(key));
	status = 0;
	assert_int_equal(platform_derive_key(key), ATTEST_OK);
}

/* The key is nobody's by then, and stays in no buffer. */
static void a_key_that_came_late_is_thrown_away(void **state)
{
	uint8_t key[PLATFORM_KEY_SIZE] = {0};

	(void)state;
	info2[0] = BUSY;
	assert_int_equal(platform_derive_key(key), ATTEST_BUSY);
	assert_int_equal(ask(6, true), ATTEST_BUSY); /* answers the old one */
	assert_true(answer_is_wiped());
	assert_int_equal(ask(6, true), ATTEST_OK);
	assert_report(6);
	assert_int_equal(key[0], 0);
	assert_no_number_twice();
}

/* ---- Certificates that do not fit ---- */

static void too_many_certificates(void **state)
{
	(void)state;
	info2[0] = INVALID_LEN;
	pages_wanted = CERTIFICATE_PAGES + 2;
	assert_int_equal(ask(3, true), ATTEST_OK);
	assert_report(3);
	assert_int_equal(evidence.certificates_size, 0);
	assert_int_equal(evidence.certificates_wanted, (CERTIFICATE_PAGES + 2) * PAGE_SIZE);
	assert_int_equal(codes[0], GHCB_EVENT_EXT_GUEST_REQUEST);
	assert_int_equal(codes[1], GHCB_EVENT_GUEST_REQUEST);
	assert_memory_equal(&shown[0], &shown[1], sizeof(shown[0]));
	assert_int_equal(ask(4, false), ATTEST_OK);
	assert_no_number_twice();
}

static void incredible_sizes_are_not_passed_on(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, CERTIFICATE_PAGES, CERTIFICATE_PAGES_CREDIBLE + 1, 0x100000001, UINT64_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		setup(state);
		info2[0] = INVALID_LEN;
		pages_wanted = sizes[i];
		assert_int_equal(ask(3, true), ATTEST_OK);
		assert_int_equal(evidence.certificates_wanted, 0);
		assert_int_equal(evidence.certificates_size, 0);
	}
}

static void a_plain_request_has_no_certificates_to_refuse(void **state)
{
	(void)state;
	info2[0] = info2[1] = INVALID_LEN;
	assert_int_equal(ask(3, true), ATTEST_CLOSED);
	assert_int_equal(exits, 2);
	assert_closed();
	setup(state);
	info2[0] = INVALID_LEN;
	assert_int_equal(ask(3, false), ATTEST_CLOSED);
	assert_closed();
}

/* ---- A busy host ---- */

static void the_same_ciphertext_is_shown_again(void **state)
{
	(void)state;
	info2[0] = info2[1] = info2[2] = BUSY;
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(ask(5, i & 1), ATTEST_BUSY);
	assert_int_equal(ask(5, false), ATTEST_OK);
	assert_report(5);
	assert_int_equal(exits, 4);
	assert_no_number_twice();
	assert_memory_equal(&shown[0], &shown[3], sizeof(shown[0]));
}

/* What is asked for meanwhile has to wait, and its text is under a number of its own. */
static void another_wish_has_the_old_one_answered_first(void **state)
{
	(void)state;
	info2[0] = info2[1] = BUSY;
	assert_int_equal(ask(5, true), ATTEST_BUSY);
	assert_int_equal(ask(6, true), ATTEST_BUSY);
	assert_int_equal(ask(6, true), ATTEST_BUSY); /* answers the old one */
	assert_int_equal(evidence.report_size, 0);
	assert_int_equal(ask(6, true), ATTEST_OK);
	assert_report(6);
	assert_int_equal(shown[2].header.sequence, 1);
	assert_int_equal(shown[3].header.sequence, 3);
	assert_no_number_twice();
}

static void busy_with_certificates_that_do_not_fit(void **state)
{
	(void)state;
	info2[0] = INVALID_LEN;
	info2[1] = BUSY;
	info2[2] = INVALID_LEN;
	pages_wanted = 5;
	assert_int_equal(ask(5, true), ATTEST_BUSY);
	assert_int_equal(ask(5, true), ATTEST_OK);
	assert_report(5);
	assert_no_number_twice();
	assert_int_equal(evidence.certificates_wanted, 5 * PAGE_SIZE);
}

static void always_busy(struct snp_msg *response)
{
	(void)response;
	exits = 0; /* none of them is kept */
}

static void busy_for_ever_is_said_so(void **state)
{
	(void)state;
	info2[0] = BUSY;
	tamper = always_busy;
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 1; i < GUEST_REQUEST_BUSY_MAX; i++)
			assert_int_equal(ask(5, false), ATTEST_BUSY);
		assert_int_equal(ask(5, false), ATTEST_THROTTLED);
	}
	tamper = NULL;
	info2[0] = 0;
	assert_int_equal(ask(5, false), ATTEST_OK);
	assert_report(5);
	assert_int_equal(shown[0].header.sequence, 1);
}

static void another_cpu_is_not_waited_for(void **state)
{
	(void)state;
	assert_true(spin_trylock(&guest_channel.lock));
	assert_int_equal(ask(5, false), ATTEST_BUSY);
	assert_int_equal(exits, 0);
	spin_unlock(&guest_channel.lock);
	assert_int_equal(ask(5, false), ATTEST_OK);
}

/* ---- A hostile host ---- */

static void errors_close_the_channel(void **state)
{
	static const uint64_t errors[] = {1, SNP_FW_INVALID_PARAM, SNP_FW_AEAD_OFLOW, BUSY | 1,
		INVALID_LEN | 1, 3UL << SNP_GUEST_VMM_SHIFT, UINT64_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		setup(state);
		info2[0] = errors[i];
		assert_int_equal(ask(1, true), ATTEST_CLOSED);
		assert_closed();
	}
}

static void refused_events_close_the_channel(void **state)
{
	static const uint64_t results[] = {GHCB_RESULT_MALFORMED};

	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		setup(state);
		result = results[i];
		info2[0] = GHCB_ERR_INVALID_EVENT;
		assert_int_equal(ask(1, false), ATTEST_CLOSED);
		assert_closed();
	}
}

static struct snp_msg first_response;

static void replay(struct snp_msg *response)
{
	*response = first_response;
}

static void an_old_answer_closes_the_channel(void **state)
{
	(void)state;
	assert_int_equal(ask(1, false), ATTEST_OK);
	first_response = last_response;
	assert_int_equal(ask(2, false), ATTEST_OK);
	tamper = replay;
	assert_int_equal(ask(3, false), ATTEST_CLOSED);
	assert_int_equal(evidence.report_size, 0);
	assert_closed();
}

static void say_nothing_new(struct snp_msg *response)
{
	memset(response, 0, sizeof(*response));
}

static void no_answer_closes_the_channel(void **state)
{
	(void)state;
	tamper = say_nothing_new;
	assert_int_equal(ask(3, false), ATTEST_CLOSED);
	assert_closed();
}

static size_t place;

static void flip(struct snp_msg *response)
{
	((uint8_t *)response)[place] ^= 0x80;
}

static void a_changed_answer_closes_the_channel(void **state)
{
	static const size_t places[] = {0, 15, 0x20, 0x27, 0x30, 0x31, 0x32, 0x34, 0x35, 0x36, 0x37,
		0x38, 0x3c, 0x3d, 0x5f, 0x60, 0x60 + 0x4bf};

	tamper = flip;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		place = places[i];
		setup(state);
		tamper = flip;
		assert_int_equal(ask(3, true), ATTEST_CLOSED);
		assert_int_equal(evidence.report_size, 0);
		assert_closed();
	}
}

static void truncate_answer(struct snp_msg *response)
{
	response->header.payload_size = 0x20;
}

static void echo(struct snp_msg *response)
{
	*response = shared.request;
}

static void other_answers_close_the_channel(void **state)
{
	static void (*const lies[])(struct snp_msg *) = {truncate_answer, echo};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		setup(state);
		tamper = lies[i];
		assert_int_equal(ask(3, false), ATTEST_CLOSED);
		assert_closed();
	}
}

static void forge_table(struct snp_msg *response)
{
	struct snp_cert_entry *entry = (struct snp_cert_entry *)shared.certificates;

	(void)response;
	entry->length = UINT32_MAX;
}

static void a_false_certificate_table_costs_the_certificates_only(void **state)
{
	(void)state;
	tamper = forge_table;
	assert_int_equal(ask(3, true), ATTEST_OK);
	assert_report(3);
	assert_int_equal(evidence.certificates_size, 0);
}

/* ---- Sequence numbers ---- */

static void numbers_end(void **state)
{
	(void)state;
	guest_channel.count = psp_count = UINT64_MAX - 3;
	assert_int_equal(ask(1, false), ATTEST_OK);
	assert_int_equal(guest_channel.count, UINT64_MAX - 1);
	assert_int_equal(ask(1, false), ATTEST_CLOSED);
	assert_closed();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(pages_are_made_shared_once, setup),
		cmocka_unit_test_setup(reports_arrive, setup),
		cmocka_unit_test_setup(certificates_come_with_it, setup),
		cmocka_unit_test_setup(a_refusal_leaves_the_channel_open, setup),
		cmocka_unit_test_setup(a_key_arrives, setup),
		cmocka_unit_test_setup(a_key_is_refused, setup),
		cmocka_unit_test_setup(a_key_that_came_late_is_thrown_away, setup),
		cmocka_unit_test_setup(too_many_certificates, setup),
		cmocka_unit_test_setup(incredible_sizes_are_not_passed_on, setup),
		cmocka_unit_test_setup(a_plain_request_has_no_certificates_to_refuse, setup),
		cmocka_unit_test_setup(the_same_ciphertext_is_shown_again, setup),
		cmocka_unit_test_setup(another_wish_has_the_old_one_answered_first, setup),
		cmocka_unit_test_setup(busy_with_certificates_that_do_not_fit, setup),
		cmocka_unit_test_setup(busy_for_ever_is_said_so, setup),
		cmocka_unit_test_setup(another_cpu_is_not_waited_for, setup),
		cmocka_unit_test_setup(errors_close_the_channel, setup),
		cmocka_unit_test_setup(refused_events_close_the_channel, setup),
		cmocka_unit_test_setup(an_old_answer_closes_the_channel, setup),
		cmocka_unit_test_setup(no_answer_closes_the_channel, setup),
		cmocka_unit_test_setup(a_changed_answer_closes_the_channel, setup),
		cmocka_unit_test_setup(other_answers_close_the_channel, setup),
		cmocka_unit_test_setup(
			a_false_certificate_table_costs_the_certificates_only, setup),
		cmocka_unit_test_setup(numbers_end, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
