/* SPDX-License-Identifier: MIT */
/*
 * The attestation protocol: each result code and what stays untouched with it,
 * sizes, the binding of nonce and manifest, manifests byte by byte, and a
 * guest that changes what it has named while it is read.
 */
#include "unit_test.h"

#include "fake_attest.h"
#include "fake_platform.h"
#include "lib/sha512.h"
#include "platform.h"
#include "protocols/protocol.h"
#include "protocols/service.h"
#include "snp_guest.h"

#define OPERATION 0x800008UL /* as Linux has it: behind a calling area's header */
#define NONCE 0x801fe0UL     /* over the end of its page */
#define REPORT 0x803000UL
#define MANIFEST 0x805000UL
#define CERTIFICATES 0x807000UL
#define CERTIFICATES_ROOM 0x4000U
#define FOREIGN FAKE_OWN_BASE
#define INVALID 0x900000UL
#define FILL 0x5a
#define PRESET 0x1122334455667788UL

static struct svsm_call call;

static struct svsm_attest_single *operation(void)
{
	return (struct svsm_attest_single *)fake_memory(OPERATION);
}

static void fill_operation(void)
{
	static const uint8_t guid[] = NACRE_GUID_PLATFORM;

	*operation() = (struct svsm_attest_single){
		.common = {.report_gpa = REPORT,
			.report_size = PAGE_SIZE,
			.nonce_gpa = NONCE,
			.nonce_size = SVSM_NONCE_SIZE,
			.manifest_gpa = MANIFEST,
			.manifest_size = PAGE_SIZE,
			.certificates_gpa = CERTIFICATES,
			.certificates_size = CERTIFICATES_ROOM},
	};
	memcpy(operation()->service_guid, guid, sizeof(guid));
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_give(ALIGN_DOWN(OPERATION, PAGE_SIZE), 0x20 * PAGE_SIZE, FILL);
	for (unsigned int i = 0; i < SVSM_NONCE_SIZE; i++)
		*fake_memory(NONCE + i) = (uint8_t)(0xc0 + i);
	fill_operation();
	fake_attest_result = ATTEST_OK;
	fake_certificates = 3000;
	fake_certificates_wanted = fake_reports = 0;
	fake_is_firmware = fake_is_unchecked = false;
	fake_on_report = NULL;
	return 0;
}

static uint32_t attest_at(uint64_t address, uint32_t number)
{
	call = (struct svsm_call){
		.rcx = address, .rdx = PRESET, .r8 = PRESET, .r9 = PRESET, .rax = PRESET};
	return attest_call(number, &call);
}

static uint32_t all(void)
{
	return attest_at(OPERATION, SVSM_ATTEST_SERVICES);
}

static uint32_t single(void)
{
	return attest_at(OPERATION, SVSM_ATTEST_SINGLE_SERVICE);
}

static bool is_filled(uint64_t address, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		if (*fake_memory(address + i) != FILL)
			return false;
	return true;
}

static void assert_nothing_written(void)
{
	assert_true(is_filled(REPORT, PAGE_SIZE));
	assert_true(is_filled(MANIFEST, PAGE_SIZE));
	assert_true(is_filled(CERTIFICATES, CERTIFICATES_ROOM));
}

/* Refused with @result: no output register, nothing in memory, nothing asked of the host. */
static void assert_refused(uint32_t result, uint32_t got)
{
	assert_int_equal(got, result);
	assert_int_equal(call.outputs, 0);
	assert_int_equal(fake_reports, 0);
	assert_nothing_written();
}

/* The last call's report data are over the nonce and the manifest in the buffer. */
static void assert_bound(size_t manifest_size)
{
	uint8_t digest[SHA512_SIZE];
	struct sha512_ctx hash;

	sha512_init(&hash);
	for (unsigned int i = 0; i < SVSM_NONCE_SIZE; i++)
		sha512_update(&hash, (uint8_t[]){(uint8_t)(0xc0 + i)}, 1);
	sha512_update(&hash, fake_memory(MANIFEST), manifest_size);
	sha512_finish(&hash, digest);
	assert_memory_equal(digest, fake_report_data, sizeof(digest));
	assert_memory_equal(digest, fake_memory(REPORT + 0x50), sizeof(digest));
}

static void assert_served(uint32_t got)
{
	assert_int_equal(got, SVSM_SUCCESS);
	assert_int_equal(call.outputs, CALL_OUT_RCX | CALL_OUT_RDX | CALL_OUT_R8);
	assert_int_equal(call.r8, sizeof(struct snp_report));
	assert_int_equal(fake_reports, 1);
	assert_bound(call.rcx);
	assert_true(is_filled(REPORT + call.r8, PAGE_SIZE - call.r8));
	assert_true(is_filled(MANIFEST + call.rcx, PAGE_SIZE - call.rcx));
	assert_true(is_filled(CERTIFICATES + call.rdx, CERTIFICATES_ROOM - call.rdx));
}

/* ---- What is served ---- */

static const char platform_body[] =
	"\xa3\x67version\x63"
	"0.1"
	"\x68"
	"build-id\x54\xb1\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\x68"
	"features\x83\x6bsvsm-core-1\x6dsvsm-attest-1\x6ekernel-checked";
#define BODY_SIZE (sizeof(platform_body) - 1)
#define HEADER_SIZE sizeof(struct nacre_manifest_header)

static void assert_platform_at(uint64_t address)
{
	static const struct nacre_manifest_header header = {NACRE_GUID_PLATFORM, 0};

	assert_memory_equal(fake_memory(address), &header, HEADER_SIZE);
	assert_memory_equal(fake_memory(address + HEADER_SIZE), platform_body, BODY_SIZE);
}

static void a_single_service(void **state)
{
	(void)state;
	assert_served(single());
	assert_int_equal(call.rcx, HEADER_SIZE + BODY_SIZE);
	assert_int_equal(call.rdx, 3000);
	assert_platform_at(MANIFEST);
}

static void all_services(void **state)
{
	static const uint8_t guid[] = SVSM_GUID_SERVICES_MANIFEST, platform[] = NACRE_GUID_PLATFORM;
	struct svsm_services_manifest head;
	struct svsm_services_entry entry;

	(void)state;
	assert_served(all());
	memcpy(&head, fake_memory(MANIFEST), sizeof(head));
	memcpy(&entry, fake_memory(MANIFEST + sizeof(head)), sizeof(entry));
	assert_memory_equal(head.guid, guid, sizeof(guid));
	assert_int_equal(head.size, call.rcx);
	assert_int_equal(head.count, 1);
	assert_memory_equal(entry.guid, platform, sizeof(platform));
	assert_int_equal(entry.offset, sizeof(head) + sizeof(entry));
	assert_int_equal(entry.size, HEADER_SIZE + BODY_SIZE);
	assert_int_equal(call.rcx, entry.offset + entry.size);
	assert_platform_at(MANIFEST + entry.offset);
}

static void the_launch_is_told(void **state)
{
	(void)state;
	fake_is_unchecked = true;
	assert_served(single());
	assert_memory_equal(fake_memory(MANIFEST + call.rcx - 17), "\x70kernel-unchecked", 17);
	fake_is_firmware = true;
	assert_int_equal(single(), SVSM_SUCCESS);
	assert_memory_equal(fake_memory(MANIFEST + call.rcx - 9),
		"\x68"
		"firmware",
		9);
}

static void without_certificates(void **state)
{
	(void)state;
	operation()->common.certificates_size = 0;
	operation()->common.certificates_gpa = 0x1234567; /* means nothing */
	assert_int_equal(all(), SVSM_SUCCESS);
	assert_int_equal(call.rdx, 0);
	assert_false(fake_report_extended);
	assert_true(is_filled(CERTIFICATES, CERTIFICATES_ROOM));
}

static void a_host_without_certificates(void **state)
{
	(void)state;
	fake_certificates = 0;
	assert_served(all());
	assert_true(fake_report_extended);
	assert_int_equal(call.rdx, 0);
}

static void buffers_of_several_pages(void **state)
{
	(void)state;
	fake_certificates = CERTIFICATES_ROOM;
	assert_served(all());
	assert_int_equal(call.rdx, CERTIFICATES_ROOM);
	assert_int_equal(*fake_memory(CERTIFICATES + CERTIFICATES_ROOM - 1), 0xee);
}

/* ---- Sizes ---- */

static void assert_sizes(uint32_t got, uint64_t manifest, uint64_t certificates)
{
	assert_int_equal(got, SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(call.outputs, CALL_OUT_RCX | CALL_OUT_RDX | CALL_OUT_R8);
	assert_int_equal(call.rcx, manifest);
	assert_int_equal(call.rdx, certificates);
	assert_int_equal(call.r8, sizeof(struct snp_report));
	assert_nothing_written();
}

static void small_buffers_are_told_the_sizes(void **state)
{
	uint64_t need = HEADER_SIZE + BODY_SIZE;

	(void)state;
	operation()->common.report_size = sizeof(struct snp_report) - 1;
	assert_sizes(single(), need, 3000);
	setup(state);
	operation()->common.manifest_size = (uint32_t)need - 1;
	assert_sizes(single(), need, 3000);
	setup(state);
	operation()->common.certificates_size = 2999;
	assert_sizes(single(), need, 3000);
	setup(state);
	operation()->common.report_size = sizeof(struct snp_report);
	operation()->common.manifest_size = (uint32_t)need;
	operation()->common.certificates_size = 3000;
	assert_served(single());
}

/* The first of two calls: no room at all, addresses that mean nothing, no message. */
static void sizes_can_be_asked_for(void **state)
{
	struct svsm_attest_services *common = &operation()->common;

	(void)state;
	common->report_size = common->manifest_size = common->certificates_size = 0;
	common->report_gpa = common->manifest_gpa = common->certificates_gpa = 1;
	assert_sizes(single(), HEADER_SIZE + BODY_SIZE, 0);
	assert_int_equal(fake_reports, 0);
}

static void certificates_without_room_here(void **state)
{
	(void)state;
	fake_certificates = 0;
	fake_certificates_wanted = CERTIFICATES_ROOM + 0x1000;
	assert_sizes(single(), HEADER_SIZE + BODY_SIZE, CERTIFICATES_ROOM + 0x1000);
	setup(state);
	fake_certificates = 0;
	fake_certificates_wanted = CERTIFICATES_ROOM + 0x1000;
	operation()->common.certificates_size = CERTIFICATES_ROOM + 0x1000;
	assert_served(single()); /* room enough there, none in the paravisor */
	assert_int_equal(call.rdx, 0);
}

/* ---- What is refused ---- */

static void unknown_calls(void **state)
{
	static const uint32_t numbers[] = {2, 3, 0x80000000, UINT32_MAX};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_refused(SVSM_ERR_UNSUPPORTED_CALL, attest_at(OPERATION, numbers[i]));
}

#define REFUSED(code, member, value)                                    \
	do {                                                            \
		setup(state);                                           \
		operation()->member = (value);                          \
		assert_refused((code), single());                       \
		setup(state);                                           \
		operation()->member = (value);                          \
		if (offsetof(struct svsm_attest_single, member) < 0x40) \
			assert_refused((code), all());                  \
	} while (0)
#define BAD_PARAMETER(member, value) REFUSED(SVSM_ERR_INVALID_PARAMETER, member, value)
#define BAD_ADDRESS(member, value) REFUSED(SVSM_ERR_INVALID_ADDRESS, member, value)

static void reserved_fields(void **state)
{
	BAD_PARAMETER(common.reserved_c, 1);
	BAD_PARAMETER(common.reserved_c, 0x80000000);
	BAD_PARAMETER(common.reserved_2c, 1);
	BAD_PARAMETER(common.reserved_3c, 1);
	BAD_PARAMETER(reserved_54, 1);
	for (unsigned int i = 0; i < 6; i++)
		BAD_PARAMETER(common.reserved_1a[i], 0x10);
}

/* What only a single service's structure has is not looked at for all services. */
static void the_shorter_structure_ends_earlier(void **state)
{
	(void)state;
	memset((uint8_t *)operation() + 0x40, 0xff, 0x18);
	assert_served(all());
}

static void nonces_of_other_sizes(void **state)
{
	static const uint16_t sizes[] = {0, 1, 32, 63, 65, 128, 0xffff};

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
		BAD_PARAMETER(common.nonce_size, sizes[i]);
}

static void unaligned(void **state)
{
	for (uint64_t i = 1; i < 8; i++)
		assert_refused(
			SVSM_ERR_INVALID_PARAMETER, attest_at(OPERATION + i, SVSM_ATTEST_SERVICES));
	BAD_PARAMETER(common.report_gpa, REPORT + 8);
	BAD_PARAMETER(common.manifest_gpa, MANIFEST + 0x800);
	BAD_PARAMETER(common.certificates_gpa, CERTIFICATES + 1);
}

static void services_that_are_none(void **state)
{
	REFUSED(SVSM_ERR_UNSUPPORTED_PROTOCOL, service_guid[15], 0);
	REFUSED(SVSM_ERR_UNSUPPORTED_PROTOCOL, service_guid[0], 0);
	BAD_PARAMETER(manifest_version, 1);
	BAD_PARAMETER(manifest_version, UINT32_MAX);
}

static void overlaps(void **state)
{
	BAD_PARAMETER(common.report_gpa, MANIFEST);
	BAD_PARAMETER(common.manifest_gpa, REPORT);
	BAD_PARAMETER(common.certificates_gpa, REPORT);
	BAD_PARAMETER(common.certificates_gpa, MANIFEST - 0x1000);
	BAD_PARAMETER(common.report_gpa, CERTIFICATES + 0x3000);
	BAD_PARAMETER(common.report_gpa, ALIGN_DOWN(OPERATION, PAGE_SIZE));
	BAD_PARAMETER(common.certificates_gpa, ALIGN_DOWN(OPERATION, PAGE_SIZE));
	BAD_PARAMETER(common.manifest_gpa, ALIGN_DOWN(NONCE, PAGE_SIZE));
	BAD_PARAMETER(common.nonce_gpa, OPERATION);
	BAD_PARAMETER(common.nonce_gpa, OPERATION - 0x38);
	BAD_PARAMETER(common.nonce_gpa, REPORT + 0xfc0);
	BAD_PARAMETER(common.nonce_gpa, CERTIFICATES - 1);
}

static void addresses_that_are_not_the_guests(void **state)
{
	static const uint64_t places[] = {FOREIGN, INVALID, 0, 0xfffffffff000, FAKE_RAM_END,
		FAKE_RAM_END - 0x1000, 0x8000000000000000, 0xfffffffffffff000};

	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
		BAD_ADDRESS(common.report_gpa, places[i]);
		BAD_ADDRESS(common.manifest_gpa, places[i]);
		BAD_ADDRESS(common.certificates_gpa, places[i]);
		BAD_ADDRESS(common.nonce_gpa, places[i]);
		setup(state);
		assert_refused(SVSM_ERR_INVALID_ADDRESS, attest_at(places[i], 0));
	}
	BAD_ADDRESS(common.nonce_gpa, UINT64_MAX);
	BAD_ADDRESS(common.nonce_gpa, UINT64_MAX - 0x20);
	BAD_ADDRESS(common.nonce_gpa, FAKE_RAM_END - 0x3f);
	BAD_ADDRESS(common.certificates_size, FAKE_RAM_END - CERTIFICATES + 1);
	setup(state);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, attest_at(FAKE_RAM_END - 8, 0));
}

/* One page of a buffer that is otherwise in order, and what a page may be instead. */
static void pages_in_the_middle(void **state)
{
	static const uint8_t states[] = {PAGE_STATE_OWN, PAGE_STATE_INVALID, PAGE_STATE_VCPU,
		PAGE_STATE_LOST, PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA};

	for (unsigned int i = 0; i < ARRAY_SIZE(states); i++) {
		setup(state);
		page_state_fill(CERTIFICATES + 0x2000, PAGE_SIZE, states[i]);
		assert_refused(SVSM_ERR_INVALID_ADDRESS, single());
		setup(state);
		page_state_fill(NONCE + 0x20, PAGE_SIZE, states[i]);
		assert_refused(SVSM_ERR_INVALID_ADDRESS, single());
	}
}

static void the_calling_area_serves_behind_its_header(void **state)
{
	(void)state;
	page_state_fill(ALIGN_DOWN(OPERATION, PAGE_SIZE), PAGE_SIZE,
		PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	assert_served(single());
	setup(state);
	page_state_fill(ALIGN_DOWN(OPERATION, PAGE_SIZE), PAGE_SIZE,
		PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA);
	assert_refused(SVSM_ERR_INVALID_ADDRESS, attest_at(OPERATION - 8, 0));
}

static void platform_results(void **state)
{
	static const struct {
		enum attest_result from;
		uint32_t to;
	} cases[] = {{ATTEST_BUSY, SVSM_ERR_BUSY}, {ATTEST_THROTTLED, SVSM_ERR_ATTEST_THROTTLED},
		{ATTEST_REFUSED, SVSM_ERR_ATTEST_REFUSED}, {ATTEST_CLOSED, SVSM_ERR_ATTEST_CLOSED}};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		setup(state);
		fake_attest_result = cases[i].from;
		assert_int_equal(single(), cases[i].to);
		assert_int_equal(call.outputs, 0);
		assert_nothing_written();
	}
	fake_attest_result = ATTEST_OK;
	fake_reports = 0;
	assert_served(single());
}

/* ---- Others at work meanwhile ---- */

static void call_again(void)
{
	struct svsm_call second = {.rcx = OPERATION};

	fake_on_report = NULL;
	assert_int_equal(attest_call(SVSM_ATTEST_SERVICES, &second), SVSM_ERR_BUSY);
	assert_int_equal(second.outputs, 0);
}

static void a_second_caller_is_told_to_come_back(void **state)
{
	(void)state;
	fake_on_report = call_again;
	assert_served(single());
}

static void change_all(void)
{
	memset(operation(), 0xff, sizeof(*operation()));
	memset(fake_memory(NONCE), 0xff, SVSM_NONCE_SIZE);
	memset(fake_memory(MANIFEST), 0xff, 64);
}

/* Nothing is read a second time: outputs go where they were to go. */
static void changes_come_too_late(void **state)
{
	(void)state;
	fake_on_report = change_all;
	assert_served(single());
	assert_platform_at(MANIFEST);
}

static void take_report_page(void)
{
	fake_page(REPORT)->taken = true;
}

static void rescind_report_page(void)
{
	page_state_fill(REPORT, PAGE_SIZE, PAGE_STATE_INVALID);
}

static void make_report_page_own(void)
{
	page_state_fill(REPORT, PAGE_SIZE, PAGE_STATE_VCPU);
}

static void buffers_may_go_while_the_report_is_made(void **state)
{
	static void (*const hooks[])(void) = {
		take_report_page, rescind_report_page, make_report_page_own};

	for (unsigned int i = 0; i < ARRAY_SIZE(hooks); i++) {
		setup(state);
		fake_on_report = hooks[i];
		assert_int_equal(single(), SVSM_ERR_INVALID_ADDRESS);
		assert_int_equal(call.outputs, 0);
		assert_true(is_filled(REPORT, PAGE_SIZE));
	}
}

static void the_host_takes_what_is_read(void **state)
{
	fake_page(ALIGN_DOWN(OPERATION, PAGE_SIZE))->taken = true;
	assert_refused(SVSM_ERR_INVALID_ADDRESS, single());
	setup(state);
	fake_page(NONCE + 0x20)->taken = true;
	assert_refused(SVSM_ERR_INVALID_ADDRESS, single());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_single_service, setup),
		cmocka_unit_test_setup(all_services, setup),
		cmocka_unit_test_setup(the_launch_is_told, setup),
		cmocka_unit_test_setup(without_certificates, setup),
		cmocka_unit_test_setup(a_host_without_certificates, setup),
		cmocka_unit_test_setup(buffers_of_several_pages, setup),
		cmocka_unit_test_setup(small_buffers_are_told_the_sizes, setup),
		cmocka_unit_test_setup(sizes_can_be_asked_for, setup),
		cmocka_unit_test_setup(certificates_without_room_here, setup),
		cmocka_unit_test_setup(unknown_calls, setup),
		cmocka_unit_test_setup(reserved_fields, setup),
		cmocka_unit_test_setup(the_shorter_structure_ends_earlier, setup),
		cmocka_unit_test_setup(nonces_of_other_sizes, setup),
		cmocka_unit_test_setup(unaligned, setup),
		cmocka_unit_test_setup(services_that_are_none, setup),
		cmocka_unit_test_setup(overlaps, setup),
		cmocka_unit_test_setup(addresses_that_are_not_the_guests, setup),
		cmocka_unit_test_setup(pages_in_the_middle, setup),
		cmocka_unit_test_setup(the_calling_area_serves_behind_its_header, setup),
		cmocka_unit_test_setup(platform_results, setup),
		cmocka_unit_test_setup(a_second_caller_is_told_to_come_back, setup),
		cmocka_unit_test_setup(changes_come_too_late, setup),
		cmocka_unit_test_setup(buffers_may_go_while_the_report_is_made, setup),
		cmocka_unit_test_setup(the_host_takes_what_is_read, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
