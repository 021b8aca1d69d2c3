/* SPDX-License-Identifier: MIT */
/*
 * Guest messages as bytes: known answers, made with another implementation of
 * AES-GCM; every header field of an answer that may not be otherwise; and
 * certificate tables of a host that lies about them.
 */
#include "unit_test.h"

#include "lib/sha256.h"
#include "platform/sev-snp/guest_message.h"

static uint8_t key[VMPCK_SIZE];
static struct snp_msg page;
static uint8_t plain[SNP_MSG_PAYLOAD_MAX];

static int setup(void **state)
{
	(void)state;
	memset(&page, 0, sizeof(page));
	memset(plain, 0, sizeof(plain));
	for (unsigned int i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	return 0;
}

static void seal(enum snp_msg_type type, uint8_t vmpck, uint64_t sequence, uint16_t size)
{
	page.header = guest_message_header(type, vmpck, sequence, size);
	assert_true(guest_message_seal(&page.header, key, plain, page.payload));
}

static void assert_hex(const uint8_t *bytes, size_t size, const char *hex)
{
	char text[2 * 64 + 1];

	for (size_t i = 0; i < size; i++)
		snprintf(&text[2 * i], 3, "%02x", bytes[i]);
	assert_string_equal(text, hex);
}

static void assert_page(const char *hex)
{
	uint8_t digest[SHA256_SIZE];

	sha256(&page, sizeof(page), digest);
	assert_hex(digest, sizeof(digest), hex);
}

static void a_report_request(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < SNP_REPORT_DATA_SIZE; i++)
		plain[i] = (uint8_t)i;
	seal(SNP_MSG_REPORT_REQ, 0, 1, sizeof(struct snp_report_req));
	assert_hex(page.header.auth_tag, SNP_MSG_TAG_SIZE, "0f354f26b13f7433d3674d8eebcaf847");
	assert_hex(page.payload, 16, "e22d803ca0aaea00420d0fc830cc86c4");
	assert_page("80287cc666d38c7378104b319db2e4f42eb0cbf307c8a97646a01b63e64b38d8");
}

static void a_report_answer(void **state)
{
	struct snp_report_rsp answer = {.report_size = sizeof(struct snp_report)};

	(void)state;
	memcpy(plain, &answer, sizeof(answer));
	seal(SNP_MSG_REPORT_RSP, 0, 2, sizeof(answer));
	assert_hex(page.header.auth_tag, SNP_MSG_TAG_SIZE, "47a9095295820661bcb6412bd1b427cd");
	assert_hex(page.payload, 16, "e66eeb605aa168bdadbd6e148c86f702");
	assert_page("8a3760185e2cad6e3014d96a529686ff37cb10e7133179b6682bce97d94c12c8");
}

static void another_key_index(void **state)
{
	(void)state;
	seal(SNP_MSG_TSC_INFO_REQ, 1, 1, sizeof(struct snp_tsc_info_req));
	assert_hex(page.header.auth_tag, SNP_MSG_TAG_SIZE, "182392900a090d6907c6bd6d452e2eea");
}

/* ---- Answers ---- */

static const struct snp_msg_header request = {
	.sequence = 7, .type = SNP_MSG_REPORT_REQ, .version = 1, .vmpck = 0};

static bool opens(size_t room)
{
	return guest_message_open(&page.header, &request, key, page.payload, plain, room);
}

static void make_answer(void)
{
	memset(plain, 0x77, sizeof(plain));
	seal(SNP_MSG_REPORT_RSP, 0, 8, 0x4c0);
	memset(plain, 0, sizeof(plain));
}

static void the_answer_opens(void **state)
{
	(void)state;
	make_answer();
	assert_true(opens(0x4c0));
	assert_int_equal(plain[0], 0x77);
	assert_int_equal(plain[0x4bf], 0x77);
	assert_int_equal(plain[0x4c0], 0);
	assert_false(opens(0x4bf));
}

/* Sealed with the key, yet not the answer to this request. */
static void assert_no_answer(struct snp_msg_header header)
{
	memset(&page, 0, sizeof(page));
	page.header = header;
	assert_true(guest_message_seal(&page.header, key, plain, page.payload));
	assert_false(opens(sizeof(plain)));
}

static struct snp_msg_header good_answer(void)
{
	return guest_message_header(SNP_MSG_REPORT_RSP, 0, 8, 0x4c0);
}

#define REFUSED_WITH(field, value)                            \
	do {                                                  \
		struct snp_msg_header header = good_answer(); \
                                                              \
		header.field = (value);                       \
		assert_no_answer(header);                     \
	} while (0)

static void other_headers_are_refused(void **state)
{
	(void)state;
	REFUSED_WITH(sequence, 7);
	REFUSED_WITH(sequence, 6);
	REFUSED_WITH(sequence, 9);
	REFUSED_WITH(sequence, 10);
	REFUSED_WITH(algorithm, 0);
	REFUSED_WITH(algorithm, 2);
	REFUSED_WITH(header_version, 2);
	REFUSED_WITH(header_size, 0x50);
	REFUSED_WITH(header_size, 0x70);
	REFUSED_WITH(type, SNP_MSG_REPORT_REQ);
	REFUSED_WITH(type, SNP_MSG_KEY_RSP);
	REFUSED_WITH(version, 2);
	REFUSED_WITH(vmpck, 1);
}

/* Every bit of what is authenticated, and of the text. */
static void a_changed_bit_is_refused(void **state)
{
	uint8_t *bytes = (uint8_t *)&page;

	(void)state;
	make_answer();
	for (size_t i = 0; i < sizeof(page.header) + 0x4c0; i++) {
		if (i >= SNP_MSG_TAG_SIZE && i < SNP_MSG_AAD_OFFSET &&
			(i < offsetof(struct snp_msg_header, sequence) ||
				i >= offsetof(struct snp_msg_header, reserved_28)))
			continue; /* nothing says what stands there */
		bytes[i] ^= 1;
		assert_false(opens(0x4c0));
		bytes[i] ^= 1;
	}
	assert_true(opens(0x4c0));
}

/* ---- Certificate tables ---- */

static struct snp_cert_entry table[PAGE_SIZE / sizeof(struct snp_cert_entry) + 1];

static size_t table_size(void)
{
	return guest_message_certificates((const uint8_t *)table, PAGE_SIZE);
}

static void put(unsigned int index, uint32_t offset, uint32_t length)
{
	table[index] = (struct snp_cert_entry){SNP_CERT_GUID_VCEK, offset, length};
}

static void tables(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	assert_int_equal(table_size(), 0);
	put(0, 48, 100);
	assert_int_equal(table_size(), 148);
	put(1, 1000, 500);
	put(2, 500, 500);
	assert_int_equal(table_size(), 1500);
	put(1, 1000, PAGE_SIZE - 1000);
	assert_int_equal(table_size(), PAGE_SIZE);
}

static void tables_that_are_none(void **state)
{
	static const struct {
		uint32_t offset, length;
	} cases[] = {{PAGE_SIZE, 1}, {PAGE_SIZE + 1, 0}, {0, PAGE_SIZE + 1}, {0xffffffff, 1},
		{1, 0xffffffff}, {0xffffffff, 0xffffffff}, {PAGE_SIZE - 1, 2}};

	(void)state;
	memset(table, 0, sizeof(table));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put(0, 100, 100);
		put(1, cases[i].offset, cases[i].length);
		assert_int_equal(table_size(), 0);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(table); i++)
		put(i, 100, 100);
	assert_int_equal(table_size(), 0); /* without an end */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_report_request, setup),
		cmocka_unit_test_setup(a_report_answer, setup),
		cmocka_unit_test_setup(another_key_index, setup),
		cmocka_unit_test_setup(the_answer_opens, setup),
		cmocka_unit_test_setup(other_headers_are_refused, setup),
		cmocka_unit_test_setup(a_changed_bit_is_refused, setup),
		cmocka_unit_test(tables),
		cmocka_unit_test(tables_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
