/* SPDX-License-Identifier: MIT */
/*
 * Guest messages: sealing against known answers (made with another program from
 * the format's description), and the checks of headers and sequence numbers.
 */
#include "tests/unit/unit_test.h"

#include "message_crypto.h"
#include "tests/unit/psp_fixture.h"

/* The first bytes of tag and content, and SHA-256 of the page where it is known. */
struct vector {
	uint8_t type, vmpck;
	uint64_t sequence;
	uint16_t size;
	const char *tag, *content, *page;
};

static void assert_hex(const uint8_t *bytes, const char *hex)
{
	char text[3];

	for (size_t i = 0; i < strlen(hex) / 2; i++) {
		snprintf(text, sizeof(text), "%02x", bytes[i]);
		assert_memory_equal(text, hex + 2 * i, 2);
	}
}

static void check_vector(const struct vector *v, const uint8_t key[VMPCK_SIZE], const void *payload)
{
	static struct snp_msg page;
	static uint8_t plain[SNP_MSG_PAYLOAD_MAX];
	char page_digest[65];

	memset(&page, 0, sizeof(page));
	message_header(&page.header, v->type, v->vmpck, v->sequence, v->size);
	assert_true(message_seal(&page, key, payload));
	assert_hex(page.header.auth_tag, v->tag);
	assert_hex(page.payload, v->content);
	fixture_sha256(&page, sizeof(page), page_digest);
	if (v->page)
		assert_string_equal(page_digest, v->page);
	assert_true(message_unseal(&page, key, plain));
	assert_memory_equal(plain, payload, v->size);
}

static void known_report_request(void **state)
{
	static const struct vector v = {SNP_MSG_REPORT_REQ, 0, 1, 0x60,
		"0f354f26b13f7433d3674d8eebcaf847", "e22d803ca0aaea00420d0fc830cc86c4",
		"80287cc666d38c7378104b319db2e4f42eb0cbf307c8a97646a01b63e64b38d8"};
	uint8_t payload[0x60] = {0};

	(void)state;
	for (size_t i = 0; i < 0x40; i++)
		payload[i] = (uint8_t)i;
	check_vector(&v, fixture_processor()->channels.key[0], payload);
}

static void known_report_response(void **state)
{
	static const struct vector v = {SNP_MSG_REPORT_RSP, 0, 2, sizeof(struct snp_report_rsp),
		"47a9095295820661bcb6412bd1b427cd", "e66eeb605aa168bdadbd6e148c86f702",
		"8a3760185e2cad6e3014d96a529686ff37cb10e7133179b6682bce97d94c12c8"};
	static const struct snp_report_rsp payload = {.report_size = sizeof(struct snp_report)};

	(void)state;
	check_vector(&v, fixture_processor()->channels.key[0], &payload);
}

static void known_tsc_info_request(void **state)
{
	static const struct vector v = {
		SNP_MSG_TSC_INFO_REQ, 1, 1, 128, "182392900a090d6907c6bd6d452e2eea", "", NULL};
	static const struct snp_tsc_info_req payload;

	(void)state;
	check_vector(&v, fixture_processor()->channels.key[0], &payload);
}

/* A good request of @p's next number, for a report. */
static struct snp_msg *good_request(const struct secure_processor *p, uint8_t vmpck)
{
	static struct snp_msg page;
	static const struct snp_report_req req = {.vmpl = 3};

	memset(&page, 0, sizeof(page));
	message_header(
		&page.header, SNP_MSG_REPORT_REQ, vmpck, p->channels.count[vmpck] + 1, sizeof(req));
	assert_true(message_seal(&page, p->channels.key[vmpck], &req));
	return &page;
}

/* Every bit of header and payload matters, and none of what lies behind. */
static void every_bit(void **state)
{
	struct secure_processor *p = fixture_processor();
	static struct snp_msg response, untouched;
	size_t covered = sizeof(struct snp_msg_header) + sizeof(struct snp_report_req);

	(void)state;
	for (size_t bit = 0; bit < 8 * covered; bit++) {
		struct snp_msg *request = good_request(p, 2);

		((uint8_t *)request)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(
			secure_processor_answer(p, request, &response), SNP_FW_SUCCESS);
		assert_memory_equal(&response, &untouched, sizeof(response));
		for (uint32_t i = 0; i < VMPL_COUNT; i++)
			assert_int_equal(p->channels.count[i], 0);
	}
	assert_int_equal(secure_processor_answer(p, good_request(p, 2), &response), SNP_FW_SUCCESS);
}

static void header_errors(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum snp_firmware_error error;
	} cases[] = {
		{0x00, 0xff, SNP_FW_BAD_MEASUREMENT},
		{0x10, 1, SNP_FW_INVALID_PARAM},
		{0x20, 3, SNP_FW_INVALID_PARAM},
		{0x28, 1, SNP_FW_INVALID_PARAM},
		{0x30, 0, SNP_FW_INVALID_PARAM},
		{0x31, 2, SNP_FW_INVALID_PARAM},
		{0x32, 0x61, SNP_FW_INVALID_PARAM},
		{0x34, 3, SNP_FW_BAD_MEASUREMENT},
		{0x37, 0xff, SNP_FW_INVALID_PARAM},
		{0x38, 1, SNP_FW_INVALID_PARAM},
		{0x3c, 4, SNP_FW_INVALID_PARAM},
		{0x3c, 255, SNP_FW_INVALID_PARAM},
		{0x3c, 1, SNP_FW_BAD_MEASUREMENT},
		{0x5f, 1, SNP_FW_INVALID_PARAM},
	};
	struct secure_processor *p = fixture_processor();
	static struct snp_msg response;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snp_msg *request = good_request(p, 0);

		assert_int_not_equal(((uint8_t *)request)[cases[i].at], cases[i].value);
		((uint8_t *)request)[cases[i].at] = cases[i].value;
		assert_int_equal(secure_processor_answer(p, request, &response), cases[i].error);
	}
}

static void replayed_request(void **state)
{
	struct secure_processor *p = fixture_processor();
	static struct snp_msg response, before;
	struct snp_msg request = *good_request(p, 0);

	(void)state;
	assert_int_equal(secure_processor_answer(p, &request, &response), SNP_FW_SUCCESS);
	before = response;
	assert_int_equal(secure_processor_answer(p, &request, &response), SNP_FW_INVALID_PARAM);
	assert_memory_equal(&before, &response, sizeof(before));
	assert_int_equal(p->channels.count[0], 2);
}

/* The last numbers: a request whose response has one too, and then none. */
static void counter_at_its_end(void **state)
{
	struct secure_processor *p = fixture_processor();
	static struct snp_msg response;

	(void)state;
	p->channels.count[1] = UINT64_MAX - 2;
	assert_int_equal(secure_processor_answer(p, good_request(p, 1), &response), SNP_FW_SUCCESS);
	assert_true(response.header.sequence == UINT64_MAX);
	p->channels.count[1] = UINT64_MAX - 1;
	assert_int_equal(
		secure_processor_answer(p, good_request(p, 1), &response), SNP_FW_AEAD_OFLOW);
	p->channels.count[1] = UINT64_MAX;
	assert_int_equal(
		secure_processor_answer(p, good_request(p, 1), &response), SNP_FW_AEAD_OFLOW);
}

static void types_and_sizes(void **state)
{
	static const struct {
		uint8_t type;
		uint16_t size;
		enum snp_firmware_error error;
	} cases[] = {
		{0, 0x60, SNP_FW_INVALID_PARAM},
		{SNP_MSG_CPUID_REQ, 0x60, SNP_FW_UNSUPPORTED},
		{SNP_MSG_KEY_REQ, 0x1f, SNP_FW_INVALID_LENGTH},
		{SNP_MSG_KEY_RSP, 0x20, SNP_FW_INVALID_PARAM},
		{SNP_MSG_REPORT_REQ, 0x61, SNP_FW_INVALID_LENGTH},
		{SNP_MSG_EXPORT_REQ, 0x60, SNP_FW_UNSUPPORTED},
		{SNP_MSG_IMPORT_REQ, 0x60, SNP_FW_UNSUPPORTED},
		{SNP_MSG_ABSORB_REQ, 0x60, SNP_FW_UNSUPPORTED},
		{SNP_MSG_VMRK_REQ, 0x60, SNP_FW_UNSUPPORTED},
		{15, 0x60, SNP_FW_INVALID_PARAM},
		{SNP_MSG_TSC_INFO_REQ, 0, SNP_FW_INVALID_LENGTH},
		{255, SNP_MSG_PAYLOAD_MAX, SNP_FW_INVALID_PARAM},
	};
	static const uint8_t payload[SNP_MSG_PAYLOAD_MAX];
	struct secure_processor *p = fixture_processor();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(fixture_ask(p, cases[i].type, 0, payload, cases[i].size, NULL, 0),
			cases[i].error);
}

static void tsc_info(void **state)
{
	struct secure_processor *p = fixture_processor();
	struct snp_tsc_info_req req = {{0}};
	struct snp_tsc_info_rsp rsp;

	(void)state;
	assert_int_equal(
		fixture_ask(p, SNP_MSG_TSC_INFO_REQ, 3, &req, sizeof(req), &rsp, sizeof(rsp)), 0);
	assert_int_equal(rsp.status, SNP_MSG_SUCCESS);
	assert_true(rsp.tsc_scale == 1ULL << 32);
	req.reserved[5] = 1;
	assert_int_equal(
		fixture_ask(p, SNP_MSG_TSC_INFO_REQ, 3, &req, sizeof(req), &rsp, sizeof(rsp)), 0);
	assert_int_equal(rsp.status, SNP_MSG_INVALID_PARAMETERS);
	assert_int_equal(rsp.tsc_scale, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_report_request),
		cmocka_unit_test(known_report_response),
		cmocka_unit_test(known_tsc_info_request),
		cmocka_unit_test(every_bit),
		cmocka_unit_test(header_errors),
		cmocka_unit_test(replayed_request),
		cmocka_unit_test(counter_at_its_end),
		cmocka_unit_test(types_and_sizes),
		cmocka_unit_test(tsc_info),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
