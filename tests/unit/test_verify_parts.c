/* SPDX-License-Identifier: MIT */
/*
 * The verifier's readers of bytes from outside, each by itself: reports,
 * certificate tables, manifests; and the tables of products and TCBs.
 */
#include "tests/unit/unit_test.h"

#include "svsm.h"
#include "tests/unit/verify_fixture.h"
#include "tools/verify/cert_table.h"
#include "tools/verify/certificates.h"
#include "tools/verify/guid.h"
#include "tools/verify/manifest.h"
#include "tools/verify/report.h"

static struct tool_error error;

/* A copy that ends where its bytes end, so that ASan sees a read past them. */
static struct blob tight(const void *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	if (size)
		memcpy(copy, bytes, size);
	return (struct blob){copy, size};
}

static void says(const char *text)
{
	if (!strstr(error.text, text))
		fail_msg("\"%s\" does not say \"%s\"", error.text, text);
}

static void reports_have_three_sizes(void **state)
{
	static uint8_t bytes[SNP_MSG_PAYLOAD_MAX + 1];
	struct snp_report report;
	enum report_form form;

	(void)state;
	((struct snp_report_rsp *)bytes)->report_size = 0x4a0;
	for (size_t size = 0; size <= sizeof(bytes); size++) {
		struct blob blob = tight(bytes, size);
		bool good = size == 1184 || size == 1216 || size == 4000;

		assert_int_equal(report_read(&blob, &report, &form, &error), good);
		if (good)
			assert_int_equal(form, size == 1184 ? REPORT_RAW : REPORT_RESPONSE);
		free((void *)blob.bytes);
	}
}

static void responses_are_checked(void **state)
{
	struct snp_report_rsp response = {.report_size = 0x4a0};
	const struct blob blob = {(const uint8_t *)&response, sizeof(response)};
	struct snp_report report;
	enum report_form form;

	(void)state;
	response.status = 0x16;
	assert_false(report_read(&blob, &report, &form, &error));
	says("status 0x16");
	response.status = 0;
	response.report_size = 0x4a1;
	assert_false(report_read(&blob, &report, &form, &error));
	assert_int_equal(error.offset, 4);
	response.report_size = 0x4a0;
	response.reserved_8[23] = 1;
	assert_false(report_read(&blob, &report, &form, &error));
	assert_int_equal(error.offset, 8);
}

struct place {
	size_t offset;
	uint32_t first, last; /* versions in which the byte is reserved */
};

/* The edges of all that is reserved. */
static void reserved_bytes_by_version(void **state)
{
	static const struct place places[] = {{0x4c, 2, 5}, {0x4f, 2, 5}, {0x188, 2, 2},
		{0x18a, 2, 2}, {0x18b, 2, 5}, {0x19f, 2, 5}, {0x1eb, 2, 5}, {0x1ef, 2, 5},
		{0x1f8, 2, 4}, {0x207, 2, 4}, {0x208, 2, 5}, {0x29f, 2, 5}, {0x2d0, 2, 5},
		{0x2e7, 2, 5}, {0x318, 2, 5}, {0x32f, 2, 5}, {0x330, 2, 5}, {0x49f, 2, 5},
		{0x1a0, 9, 0}, {0x1df, 9, 0}, {0x50, 9, 0}, {0x2cf, 9, 0}, {0x317, 9, 0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (uint32_t version = 2; version <= 5; version++) {
			struct snp_report report = {.version = version, .policy = 0x20000};
			bool bad = places[i].first <= version && version <= places[i].last;

			assert_true(report_reserved(&report, NULL, &error));
			((uint8_t *)&report)[places[i].offset] = 1;
			assert_int_equal(report_reserved(&report, NULL, &error), !bad);
			if (bad)
				assert_int_equal(error.offset, places[i].offset);
		}
	}
}

static void reserved_bits(void **state)
{
	struct snp_report report = {.version = 5};

	(void)state;
	assert_false(report_reserved(&report, NULL, &error));
	says("bit 17");
	for (unsigned int bit = 0; bit < 64; bit++) {
		report = (struct snp_report){.version = 5, .policy = 0x20000 | BIT(bit)};
		assert_int_equal(report_reserved(&report, NULL, &error), bit < 26);
		report = (struct snp_report){
			.version = 5, .policy = 0x20000, .platform_info = BIT(bit)};
		assert_int_equal(report_reserved(&report, NULL, &error), bit < 6 || bit == 7);
	}
	report = (struct snp_report){.version = 5, .policy = 0x20000, .key_info = 0x20};
	assert_false(report_reserved(&report, NULL, &error));
}

static void tcb_versions(void **state)
{
	const uint64_t milan = 0x4405000000000002, turin = 0x5100000004010203;
	char text[TCB_TEXT_SIZE];

	(void)state;
	assert_string_equal(tcb_text(milan, tcb_layout(PRODUCT_MILAN), text),
		"bootloader 2, tee 0, snp 5, microcode 68");
	assert_string_equal(tcb_text(turin, tcb_layout(PRODUCT_TURIN), text),
		"fmc 3, bootloader 2, tee 1, snp 4, microcode 81");
	assert_string_equal(tcb_text(milan, NULL, text), "0x4405000000000002");
	assert_string_equal(tcb_text(UINT64_MAX, tcb_layout(PRODUCT_TURIN), text),
		"fmc 255, bootloader 255, tee 255, snp 255, microcode 255");
	assert_int_equal(tcb_reserved_bits(milan, tcb_layout(PRODUCT_GENOA)), 0);
	assert_int_equal(tcb_reserved_bits(milan | 0x100000, tcb_layout(PRODUCT_GENOA)), 0x100000);
	assert_int_equal(tcb_reserved_bits(turin, tcb_layout(PRODUCT_TURIN)), 0);
	assert_int_equal(
		tcb_reserved_bits(UINT64_MAX, tcb_layout(PRODUCT_TURIN)), 0x00ffffff00000000);
	assert_null(tcb_layout(PRODUCT_UNKNOWN));
}

static void products(void **state)
{
	(void)state;
	assert_int_equal(product_of_cpuid(0x19, 0x01), PRODUCT_MILAN);
	assert_int_equal(product_of_cpuid(0x19, 0x10), PRODUCT_GENOA);
	assert_int_equal(product_of_cpuid(0x19, 0xaf), PRODUCT_GENOA);
	assert_int_equal(product_of_cpuid(0x19, 0x20), PRODUCT_UNKNOWN);
	assert_int_equal(product_of_cpuid(0x1a, 0x11), PRODUCT_TURIN);
	assert_int_equal(product_of_cpuid(0x1a, 0x50), PRODUCT_UNKNOWN);
	assert_int_equal(product_of_name("Milan"), PRODUCT_MILAN);
	assert_int_equal(product_of_name("Genoa-B1"), PRODUCT_GENOA);
	assert_int_equal(product_of_name("Turin-"), PRODUCT_TURIN);
	assert_int_equal(product_of_name("Mila"), PRODUCT_UNKNOWN);
	assert_int_equal(product_of_name("Milanese"), PRODUCT_UNKNOWN);
	assert_int_equal(product_of_name(""), PRODUCT_UNKNOWN);
	assert_int_equal(product_of_name("unknown"), PRODUCT_UNKNOWN);
}

static void guids(void **state)
{
	static const uint8_t vcek[] = SNP_CERT_GUID_VCEK, platform[] = NACRE_GUID_PLATFORM;
	char text[GUID_TEXT_SIZE];

	(void)state;
	assert_string_equal(guid_text(vcek, text), "63da758d-e664-4564-adc5-f4b93be8accd");
	assert_string_equal(guid_text_uefi(platform, text), "b1c5b29f-7e61-4a2e-9d3c-52a1f06ed8e4");
}

static bool table_reads(const void *bytes, size_t size, struct cert_table *table)
{
	struct blob blob = tight(bytes, size);
	bool ok = cert_table_read(&blob, table, &error);

	for (size_t i = 0; ok && i < table->count; i++)
		assert_true(table->entries[i].content.bytes >= blob.bytes &&
			    table->entries[i].content.bytes + table->entries[i].content.size <=
				    blob.bytes + size);
	free((void *)blob.bytes);
	return ok;
}

static void tables_are_bounded(void **state)
{
	struct {
		struct snp_cert_entry entries[2];
		uint8_t content[8];
	} file = {.entries = {{.guid = SNP_CERT_GUID_ARK, .offset = 48, .length = 8}}};
	static const struct {
		uint32_t offset, length;
	} bad[] = {{48, 9}, {55, 2}, {56, 1}, {57, 0}, {48, 0}, {47, 8}, {0, 8}, {24, 8},
		{UINT32_MAX, 1}, {48, UINT32_MAX}, {UINT32_MAX, UINT32_MAX}};
	struct cert_table table;

	(void)state;
	assert_true(table_reads(&file, sizeof(file), &table));
	assert_int_equal(table.count, 1);
	assert_int_equal(table.entries[0].offset, 48);
	assert_string_equal(cert_table_name(table.entries[0].guid), "ARK");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		file.entries[0].offset = bad[i].offset;
		file.entries[0].length = bad[i].length;
		assert_false(table_reads(&file, sizeof(file), &table));
		says("contents lie between 0x30 and 0x38");
	}
	for (size_t size = 0; size < sizeof(file.entries); size++)
		assert_false(table_reads(&file, size, &table));
	says("ends before its entry of zeros");
}

static void tables_end(void **state)
{
	static struct snp_cert_entry entries[CERT_TABLE_ENTRIES_MAX + 2];
	struct cert_table table;

	(void)state;
	assert_true(table_reads(entries, sizeof(entries), &table));
	assert_int_equal(table.count, 0);
	for (size_t i = 0; i <= CERT_TABLE_ENTRIES_MAX; i++)
		entries[i] = (struct snp_cert_entry){
			.guid = {1}, .offset = sizeof(entries) - 1, .length = 1};
	assert_false(table_reads(entries, sizeof(entries), &table));
	says("more than 32 entries");
}

static bool manifest_reads(const struct buffer *bytes, struct manifest *manifest)
{
	struct blob blob = tight(bytes->bytes, bytes->size);
	bool ok = manifest_read(&blob, manifest, &error);

	free((void *)blob.bytes);
	return ok;
}

/* Each field of the services manifest with a value that it must not have. */
static void manifests_are_bounded(void **state)
{
	static const struct {
		size_t offset;
		uint8_t value;
		const char *says;
	} bad[] = {{0, 0, "begins neither"}, {16, 75, "it says that it has"},
		{20, 2, "entry 0 has offset"}, {20, 5, "list of 5 services is cut off"},
		{23, 1, "services; at most"}, {40, 47, "entry 0 has offset"},
		{40, 75, "entry 0 has offset"}, {43, 1, "entry 0 has offset"},
		{44, 75, "entry 0 has offset"}, {47, 0xff, "entry 0 has offset"},
		{44, 19, "too few"}, {48, 0, "another service's GUID"}, {64, 2, "version 2"},
		{68, 0xff, "CBOR"}, {68, 0xa2, "CBOR"}, {68, 0x81, "CBOR"}, {70, 'w', "version"},
		{77, 0x43, "version"}, {79, 0x1b, "version"}, {82, 'B', "build-id"},
		{90, 0x60, "build-id"}, {92, 'g', "features"}, {100, 0xa1, "features"},
		{102, ' ', "features"}};
	struct buffer bytes = {0};
	struct manifest manifest;
	size_t whole;

	(void)state;
	fixture_manifest(&bytes);
	whole = bytes.size;
	assert_true(manifest_reads(&bytes, &manifest));
	assert_int_equal(manifest.count, 1);
	assert_string_equal(manifest.services[0].name, "nacre-platform");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		uint8_t good = bytes.bytes[bad[i].offset];

		bytes.bytes[bad[i].offset] = bad[i].value;
		if (manifest_reads(&bytes, &manifest))
			fail_msg("byte %zu may be %u", bad[i].offset, bad[i].value);
		says(bad[i].says);
		bytes.bytes[bad[i].offset] = good;
	}
	for (; bytes.size; bytes.size--)
		assert_int_equal(manifest_reads(&bytes, &manifest), bytes.size == whole);
	bytes.capacity = 1;
	buffer_free(&bytes);
}

static void single_manifests(void **state)
{
	struct buffer bytes = {0};
	struct manifest manifest;
	struct blob part;

	(void)state;
	fixture_manifest(&bytes);
	part = tight(bytes.bytes + 48, bytes.size - 48);
	assert_true(manifest_read(&part, &manifest, &error));
	assert_true(manifest.single);
	((uint8_t *)part.bytes)[16] = 9;
	assert_false(manifest_read(&part, &manifest, &error));
	assert_int_equal(error.offset, 16);
	free((void *)part.bytes);
	buffer_free(&bytes);
}

/* Two entries with one content, and one service twice. */
static void services_are_apart(void **state)
{
	struct {
		struct svsm_services_manifest head;
		struct svsm_services_entry entries[2];
		uint8_t content[8];
	} file = {.head = {.guid = SVSM_GUID_SERVICES_MANIFEST, .size = sizeof(file), .count = 2},
		.entries = {{.guid = {1}, .offset = 72, .size = 4},
			{.guid = {2}, .offset = 76, .size = 4}}};
	const struct blob blob = {(const uint8_t *)&file, sizeof(file)};
	struct manifest manifest;

	(void)state;
	assert_true(manifest_read(&blob, &manifest, &error));
	assert_int_equal(manifest.count, 2);
	assert_null(manifest.services[1].name);
	file.entries[1].offset = 75;
	assert_false(manifest_read(&blob, &manifest, &error));
	says("overlap");
	file.entries[1].offset = 76;
	file.entries[1].guid[0] = 1;
	assert_false(manifest_read(&blob, &manifest, &error));
	says("listed twice");
}

static void nonsense_is_no_certificate(void **state)
{
	static const char *const files[] = {"", "0", "0\x82", "-----BEGIN CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"};
	struct certificates certificates = {.count = 0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct blob blob = tight(files[i], strlen(files[i]));

		assert_false(certificates_add(&certificates, &blob, &error));
		assert_int_equal(certificates.count, 0);
		assert_null(revocations_read(&blob, &error));
		free((void *)blob.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_have_three_sizes),
		cmocka_unit_test(responses_are_checked),
		cmocka_unit_test(reserved_bytes_by_version),
		cmocka_unit_test(reserved_bits),
		cmocka_unit_test(tcb_versions),
		cmocka_unit_test(products),
		cmocka_unit_test(guids),
		cmocka_unit_test(tables_are_bounded),
		cmocka_unit_test(tables_end),
		cmocka_unit_test(manifests_are_bounded),
		cmocka_unit_test(single_manifests),
		cmocka_unit_test(services_are_apart),
		cmocka_unit_test(nonsense_is_no_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
