/* SPDX-License-Identifier: MIT */
/*
 * The SNP launch digest: published vectors for single pages and for whole
 * files, and the order in which QEMU and KVM issue launch updates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "igvm_fixture.h"
#include "tools/common/hash.h"
#include "tools/common/text.h"
#include "tools/igvm/measure.h"

#define H_FILE                                                                                     \
	"b286ae41dcffd99b8da96e8f9d2e93eeaec32aea66d1822dfd036f2f47b4c6f1ac719fe6f67ab05ab2ee53a7" \
	"c433f6f0"
#define H_QEMU                                                                                     \
	"8931d7c96deb4a50125eaad44798db139a1b6e78fb98126092d6ca415a3bf95bc250030922b5ab7f2b3110a9" \
	"9009e560"

static uint8_t incrementing[PAGE_SIZE], all_ones[PAGE_SIZE], vmsa_page[PAGE_SIZE];

static int fill_pages(void **state)
{
	const struct vmsa vmsa = {.efer = 0x1000, .sev_features = 1};

	(void)state;
	for (size_t i = 0; i < PAGE_SIZE; i++)
		incrementing[i] = (uint8_t)i;
	memset(all_ones, 0xff, sizeof(all_ones));
	memcpy(vmsa_page, &vmsa, sizeof(vmsa));
	return 0;
}

static void expect_digest(const struct snp_digest *digest, const char *expected)
{
	char text[2 * sizeof(digest->value) + 1];

	hex_encode(digest->value, sizeof(digest->value), text);
	assert_string_equal(text, expected);
}

static const struct page_vector {
	struct launch_page page;
	const char *digest;
} page_vectors[] = {
	{{SNP_PAGE_NORMAL, 0x1000, NULL},
		"e6e4d78904d9d6b33c0cbfd121998fd2d11744dae606b3aee35e2a45d6869b60b35c63928a9232be"
		"f72d6be386f48ec6"},
	{{SNP_PAGE_ZERO, 0x1000, NULL},
		"4bd4147976a1e7554c1c778a781affc1c672f1965a727ba16084989b7e356044a28bbe585a2f75da"
		"c9356fa5ab78f061"},
	{{SNP_PAGE_UNMEASURED, 0x1000, NULL},
		"81475a112c0223cebe1ccb31a0aa2567772871200b33515a3cbbd5ed6a68a8e630902dd83469ea65"
		"53554bfb67111fad"},
	{{SNP_PAGE_SECRETS, 0x1000, NULL},
		"ede71fa5ddc72c3de70c6ff1149b8ecb6ef08b74b1d3a72c2cece10bd140c06a6181343d33def7db"
		"6cc0da1ff9ba4805"},
	{{SNP_PAGE_CPUID, 0x1000, NULL},
		"af3c8d305f882f039a48318a961572ddc7ebf40b3d1eae828f4fa6e27a7b3078cf2d84b459e002fb"
		"58b4ae83efd7f29c"},
	{{SNP_PAGE_NORMAL, 0x1000, incrementing},
		"d9ee416942ec5db1caf25b01cff7feaed0d7ac42422f811c6164e4857e3f800d270202f572ade105"
		"c96b3959107b8521"},
	{{SNP_PAGE_VMSA, VMSA_LAUNCH_GPA, vmsa_page},
		"0cc6efc8718bb75f08ba96fb98e848c37274dbc13d92db4d889ac5435dd2f0abf69141eeba7eee4e"
		"9c786c197fc766c1"},
};

static void single_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(page_vectors); i++) {
		struct snp_digest digest = {{0}};

		snp_digest_page(&digest, &page_vectors[i].page);
		expect_digest(&digest, page_vectors[i].digest);
	}
}

/* Contents must not count where the firmware does not measure them. */
static void contents_of_unmeasured_pages_do_not_count(void **state)
{
	(void)state;
	for (enum snp_page_type type = SNP_PAGE_ZERO; type <= SNP_PAGE_CPUID; type++) {
		struct snp_digest with = {{0}}, without = {{0}};

		snp_digest_page(&with, &(struct launch_page){type, 0x1000, all_ones});
		snp_digest_page(&without, &(struct launch_page){type, 0x1000, NULL});
		assert_memory_equal(&with, &without, sizeof(with));
	}
}

static void chain_of_pages(void **state)
{
	const struct launch_page pages[] = {
		{SNP_PAGE_NORMAL, 0x1000, incrementing},
		{SNP_PAGE_NORMAL, 0x2000, all_ones},
		{SNP_PAGE_SECRETS, 0x3000, NULL},
		{SNP_PAGE_CPUID, 0x4000, NULL},
		{SNP_PAGE_UNMEASURED, 0x5000, NULL},
		{SNP_PAGE_NORMAL, 0x6000, NULL},
		{SNP_PAGE_VMSA, VMSA_LAUNCH_GPA, vmsa_page},
	};
	struct snp_digest digest = {{0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		snp_digest_page(&digest, &pages[i]);
	expect_digest(&digest, H_FILE);
}

static void measure_vector(const char *name, struct launch_options options, const char *expected)
{
	struct buffer file = {0};
	struct snp_digest digest;
	struct tool_error error;
	struct igvm_file parsed;

	fixture_vector(name, &file);
	assert_true(fixture_parse(&file, &parsed, &error));
	if (!igvm_measure(&parsed, &options, &digest, &error))
		fail_msg("%s", error.text);
	expect_digest(&digest, expected);
	fixture_close(&parsed);
	buffer_free(&file);
}

static void vector_files(void **state)
{
	const struct launch_options file = {LAUNCH_ORDER_FILE, LAUNCH_VMSAS_OF_FILE};
	const struct launch_options qemu = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE};

	(void)state;
	measure_vector("min_v1.igvm", file, H_FILE);
	measure_vector("min_v2.igvm", file, H_FILE);
	measure_vector("min_v1.igvm", qemu, H_QEMU);
	measure_vector("min_v2.igvm", qemu, H_QEMU);
	measure_vector("min_v1.igvm", (struct launch_options){LAUNCH_ORDER_QEMU, 1}, H_QEMU);
}

/* What a walk has seen: one line a page, such as "N1000=aa". */
struct trace {
	char text[512];
};

static bool trace_page(void *context, const struct launch_page *page)
{
	static const char letters[] = "?NVZUSC";
	struct trace *trace = context;
	size_t used = strlen(trace->text);

	snprintf(trace->text + used, sizeof(trace->text) - used, "%s%c%llx=%02x", used ? " " : "",
		letters[page->type], (unsigned long long)page->gpa,
		page->data
			? page->data[page->type == SNP_PAGE_VMSA ? offsetof(struct vmsa, rip) : 0]
			: 0);
	return true;
}

/* Ends @writer and compares the walk of its file with @expected. */
static void expect_walk(
	struct buffer *file, enum launch_order order, int vmsas, const char *expected)
{
	const struct launch_options options = {order, vmsas};
	struct trace trace = {""};
	struct tool_error error;
	struct igvm_file parsed;

	if (!fixture_parse(file, &parsed, &error))
		fail_msg("%s", error.text);
	if (!launch_walk(&parsed, &options, trace_page, &trace, &error))
		fail_msg("%s", error.text);
	assert_string_equal(trace.text, expected);
	fixture_close(&parsed);
}

static void begin(struct writer *writer)
{
	*writer = (struct writer){0};
	fixture_platform(writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
}

static void qemu_delays_a_run_past_inserts(void **state)
{
	struct writer writer;
	struct buffer file = {0};

	(void)state;
	begin(&writer);
	fixture_area(&writer, 0, 2 * PAGE_SIZE);
	fixture_area(&writer, 1, PAGE_SIZE);
	fixture_page(&writer, 0x1000, 0xa1, 0, IGVM_PAGE_NORMAL);
	fixture_insert(&writer, 0, 0x8000);
	fixture_page(&writer, 0x2000, 0xa2, 0, IGVM_PAGE_NORMAL); /* a header came between */
	fixture_page(&writer, 0x3000, 0xa3, 0, IGVM_PAGE_NORMAL);
	fixture_page(&writer, 0x4000, -1, 0, IGVM_PAGE_NORMAL); /* no data: another run */
	fixture_vp_context(&writer, 0, 0xe0);
	fixture_insert(&writer, 1, 0xa000);
	fixture_finish(&writer, &file);
	expect_walk(&file, LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE,
		"U8000=00 U9000=00 N1000=a1 N2000=a2 N3000=a3 Ua000=00 N4000=00 Vfffffffff000=e0");
	expect_walk(&file, LAUNCH_ORDER_FILE, LAUNCH_VMSAS_OF_FILE,
		"N1000=a1 U8000=00 U9000=00 N2000=a2 N3000=a3 N4000=00 Vfffffffff000=e0 Ua000=00");
	buffer_free(&file);
}

/* Each of these ends a run: address, flags, type, and an insert shows where. */
static void expect_split(uint64_t gpa, uint32_t flags, uint16_t type, const char *expected)
{
	struct writer writer;
	struct buffer file = {0};

	begin(&writer);
	fixture_area(&writer, 0, PAGE_SIZE);
	fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_page(&writer, gpa, 2, flags, type);
	fixture_insert(&writer, 0, 0x8000);
	fixture_finish(&writer, &file);
	expect_walk(&file, LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE, expected);
	buffer_free(&file);
}

static void what_ends_a_run(void **state)
{
	(void)state;
	expect_split(0x2000, 0, IGVM_PAGE_NORMAL, "U8000=00 N1000=01 N2000=02");
	expect_split(0x3000, 0, IGVM_PAGE_NORMAL, "N1000=01 U8000=00 N3000=02");
	expect_split(
		0x2000, IGVM_PAGE_FLAG_UNMEASURED, IGVM_PAGE_NORMAL, "N1000=01 U8000=00 U2000=02");
	expect_split(0x2000, 0, IGVM_PAGE_SECRETS, "N1000=01 U8000=00 S2000=02");
	expect_split(0x2000, 0, IGVM_PAGE_CPUID, "N1000=01 U8000=00 C2000=02");
	expect_split(0x2000, 0, IGVM_PAGE_CPUID_XF, "N1000=01 U8000=00 C2000=02");
	/* QEMU has no notion of a shared page, but the flag still ends a run. */
	expect_split(0x2000, IGVM_PAGE_FLAG_SHARED, IGVM_PAGE_NORMAL, "N1000=01 U8000=00 N2000=02");
}

static void shared_pages_are_left_out_in_file_order(void **state)
{
	struct writer writer;
	struct buffer file = {0};

	(void)state;
	begin(&writer);
	fixture_page(&writer, 0x1000, 1, IGVM_PAGE_FLAG_SHARED, IGVM_PAGE_NORMAL);
	fixture_page(&writer, 0x2000, 2, 0, IGVM_PAGE_NORMAL);
	fixture_finish(&writer, &file);
	expect_walk(&file, LAUNCH_ORDER_FILE, LAUNCH_VMSAS_OF_FILE, "N2000=02");
	buffer_free(&file);
}

static void vmsas_of_several_vcpus(void **state)
{
	struct writer writer;
	struct buffer file = {0};

	(void)state;
	begin(&writer);
	fixture_vp_context(&writer, 2, 0xe2);
	fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_vp_context(&writer, 0, 0xe0);
	fixture_finish(&writer, &file);
	expect_walk(&file, LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE,
		"N1000=01 Vfffffffff000=e0 Vfffffffff000=e0 Vfffffffff000=e2");
	expect_walk(&file, LAUNCH_ORDER_QEMU, 4,
		"N1000=01 Vfffffffff000=e0 Vfffffffff000=e0 Vfffffffff000=e2 Vfffffffff000=e0");
	expect_walk(&file, LAUNCH_ORDER_FILE, 4,
		"Vfffffffff000=e2 N1000=01 Vfffffffff000=e0 Vfffffffff000=e0 Vfffffffff000=e0");
	buffer_free(&file);
}

static void expect_walk_error(struct writer *writer, int vmsas, const char *what)
{
	const struct launch_options options = {LAUNCH_ORDER_QEMU, vmsas};
	struct trace trace = {""};
	struct buffer file = {0};
	struct tool_error error;
	struct igvm_file parsed;

	fixture_page(writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_finish(writer, &file);
	if (!fixture_parse(&file, &parsed, &error))
		fail_msg("%s", error.text);
	assert_false(launch_walk(&parsed, &options, trace_page, &trace, &error));
	if (!strstr(error.text, what))
		fail_msg("\"%s\" does not say \"%s\"", error.text, what);
	fixture_close(&parsed);
	buffer_free(&file);
}

static void launches_that_cannot_be(void **state)
{
	struct writer writer;

	(void)state;
	writer = (struct writer){0};
	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV);
	expect_walk_error(&writer, LAUNCH_VMSAS_OF_FILE, "does not support SEV-SNP");
	begin(&writer);
	expect_walk_error(&writer, 1, "vCPU 0 has no VP_CONTEXT");
	begin(&writer);
	fixture_vp_context(&writer, 1, 0);
	expect_walk_error(&writer, LAUNCH_VMSAS_OF_FILE, "vCPU 0 has no VP_CONTEXT");
	begin(&writer);
	fixture_vp_context(&writer, 0, 0);
	fixture_vp_context(&writer, 3, 0);
	expect_walk_error(&writer, 3, "VP_CONTEXT for vCPU 3, but there are only 3");
	begin(&writer);
	fixture_vp_context(&writer, 0xffff, 0);
	expect_walk_error(&writer, LAUNCH_VMSAS_OF_FILE, "65536 vCPUs are more than 4096");
}

static bool count_page(void *context, const struct launch_page *page)
{
	size_t *count = context;

	assert_int_equal(page->type, SNP_PAGE_NORMAL);
	assert_int_equal(page->gpa, 0x200000 + *count * PAGE_SIZE);
	assert_true((page->data != NULL) == (*count == 0));
	++*count;
	return true;
}

static void large_page_is_512_updates(void **state)
{
	const struct launch_options options = {LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE};
	struct writer writer;
	struct buffer file = {0};
	struct tool_error error;
	struct igvm_file parsed;
	size_t count = 0;

	(void)state;
	begin(&writer);
	fixture_page(&writer, 0x200000, 5, IGVM_PAGE_FLAG_2MB, IGVM_PAGE_NORMAL);
	fixture_finish(&writer, &file);
	assert_true(fixture_parse(&file, &parsed, &error));
	assert_true(launch_walk(&parsed, &options, count_page, &count, &error));
	assert_int_equal(count, 512);
	fixture_close(&parsed);
	buffer_free(&file);
}

static bool refuse(void *context, const struct launch_page *page)
{
	(void)page;
	++*(size_t *)context;
	return false;
}

static void visitor_can_end_the_walk(void **state)
{
	const struct launch_options orders[] = {
		{LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE}, {LAUNCH_ORDER_FILE, 3}};
	struct buffer file = {0};
	struct tool_error error;
	struct igvm_file parsed;

	(void)state;
	fixture_vector("min_v1.igvm", &file);
	assert_true(fixture_parse(&file, &parsed, &error));
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		size_t calls = 0;

		assert_false(launch_walk(&parsed, &orders[i], refuse, &calls, &error));
		assert_int_equal(calls, 1);
	}
	fixture_close(&parsed);
	buffer_free(&file);
}

/* Headers for other platforms are passed over, but still end QEMU's runs. */
static void other_platforms_do_not_count(void **state)
{
	struct writer writer = {0};
	struct buffer file = {0};
	uint64_t header;

	(void)state;
	fixture_platform(&writer, FIXTURE_SNP, IGVM_PLATFORM_SEV_SNP);
	fixture_platform(&writer, FIXTURE_NATIVE, IGVM_PLATFORM_NATIVE);
	fixture_area(&writer, 0, PAGE_SIZE);
	fixture_page(&writer, 0x1000, 1, 0, IGVM_PAGE_NORMAL);
	fixture_page(&writer, 0x9000, 9, 0, IGVM_PAGE_NORMAL);
	fixture_page(&writer, 0x2000, 2, 0, IGVM_PAGE_NORMAL);
	fixture_insert(&writer, 0, 0x8000);
	fixture_finish(&writer, &file);
	header = fixture_find(&file, IGVM_PAGE_DATA, 1) + sizeof(struct igvm_variable_header);
	fixture_poke(&file, header + offsetof(struct igvm_page_data, compatibility_mask),
		FIXTURE_NATIVE, 4);
	fixture_seal(&file);
	expect_walk(&file, LAUNCH_ORDER_QEMU, LAUNCH_VMSAS_OF_FILE, "N1000=01 U8000=00 N2000=02");
	buffer_free(&file);
}

static void sha2_of_known_messages(void **state)
{
	uint8_t digest[SHA384_SIZE];
	char text[2 * SHA384_SIZE + 1];

	(void)state;
	sha384((const uint8_t[PAGE_SIZE]){0}, PAGE_SIZE, digest);
	hex_encode(digest, SHA384_SIZE, text);
	assert_string_equal(text,
		"c0e59a3e3ffbd3b5c75428fb36432facabc745944296ff515f737c4fef4efc64586809f7a16f5635"
		"4a1eaecf2aa8d774");
	sha256(NULL, 0, digest);
	hex_encode(digest, 32, text);
	assert_string_equal(
		text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha2_of_known_messages),
		cmocka_unit_test(single_pages),
		cmocka_unit_test(contents_of_unmeasured_pages_do_not_count),
		cmocka_unit_test(chain_of_pages),
		cmocka_unit_test(vector_files),
		cmocka_unit_test(qemu_delays_a_run_past_inserts),
		cmocka_unit_test(what_ends_a_run),
		cmocka_unit_test(shared_pages_are_left_out_in_file_order),
		cmocka_unit_test(vmsas_of_several_vcpus),
		cmocka_unit_test(launches_that_cannot_be),
		cmocka_unit_test(large_page_is_512_updates),
		cmocka_unit_test(visitor_can_end_the_walk),
		cmocka_unit_test(other_platforms_do_not_count),
	};

	return cmocka_run_group_tests(tests, fill_pages, NULL);
}
