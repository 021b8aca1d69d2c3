/* SPDX-License-Identifier: MIT */
/*
 * The attestation protocol: what it is to refuse, each with its result, no
 * register changed but RAX, and no output written. Reports are served all the
 * while.
 */
#include <string.h>

#include "evidence.h"
#include "guest.h"
#include "places.h"

static struct evidence evidence;
static struct svsm_attest_single *operation;

static uint64_t attest_at(uint64_t address, uint32_t number)
{
	struct svsm_regs r = evidence_registers(&evidence, number);

	r.rcx = address;
	call(&r, SVSM_BY_MSR, 0);
	return r.rax;
}

/* The structure as it stands, for the calls that know of the field at @offset in it. */
static void expect_refused(size_t offset, uint64_t expected)
{
	EXPECT_EQ(attest_at((uint64_t)operation, SVSM_ATTEST_SINGLE_SERVICE), expected);
	if (offset < sizeof(struct svsm_attest_services))
		EXPECT_EQ(attest_at((uint64_t)operation, SVSM_ATTEST_SERVICES), expected);
	EXPECT(evidence_is_untouched(&evidence));
	evidence_prepare(&evidence);
}

#define WITH(field, value, expected)                                                    \
	do {                                                                            \
		operation->field = (value);                                             \
		expect_refused(offsetof(struct svsm_attest_single, field), (expected)); \
	} while (0)
#define PARAMETER(field, value) WITH(field, value, SVSM_ERR_INVALID_PARAMETER)

static void calls(void)
{
	static const uint32_t numbers[] = {2, 3, 0x7fffffff, 0x80000000, 0xffffffff};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		EXPECT_EQ(attest_at((uint64_t)operation, numbers[i]), SVSM_ERR_UNSUPPORTED_CALL);
}

static void reserved(void)
{
	PARAMETER(common.reserved_c, 1);
	PARAMETER(common.reserved_2c, 0x80000000);
	PARAMETER(common.reserved_3c, 1);
	PARAMETER(reserved_54, 1);
	for (unsigned int i = 0; i < sizeof(operation->common.reserved_1a); i++)
		PARAMETER(common.reserved_1a[i], 1);
}

static void nonce_sizes(void)
{
	static const uint16_t sizes[] = {0, 1, 32, 63, 65, 4096, 0xffff};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		PARAMETER(common.nonce_size, sizes[i]);
}

static void services(void)
{
	WITH(service_guid[0], 0, SVSM_ERR_UNSUPPORTED_PROTOCOL);
	WITH(service_guid[15], 0, SVSM_ERR_UNSUPPORTED_PROTOCOL);
	PARAMETER(manifest_version, 1);
	PARAMETER(manifest_version, 0xffffffff);
}

static void alignment(void)
{
	for (uint64_t i = 1; i < 8; i++)
		EXPECT_EQ(attest_at((uint64_t)operation + i, SVSM_ATTEST_SERVICES),
			SVSM_ERR_INVALID_PARAMETER);
	PARAMETER(common.report_gpa, (uint64_t)evidence.report + 8);
	PARAMETER(common.manifest_gpa, (uint64_t)evidence.manifest + 0x800);
	PARAMETER(common.certificates_gpa, (uint64_t)evidence.certificates + 1);
}

static void overlaps(void)
{
	PARAMETER(common.report_gpa, (uint64_t)evidence.manifest);
	PARAMETER(common.report_gpa, (uint64_t)evidence.certificates + 3 * PAGE_SIZE);
	PARAMETER(common.manifest_gpa, (uint64_t)evidence.report);
	PARAMETER(common.manifest_gpa, (uint64_t)evidence.nonce);
	PARAMETER(common.certificates_gpa, (uint64_t)operation);
	PARAMETER(common.certificates_gpa, (uint64_t)operation - 3 * PAGE_SIZE);
	PARAMETER(common.nonce_gpa, (uint64_t)operation);
	PARAMETER(common.nonce_gpa, (uint64_t)evidence.report + 0x100);
}

/* Each address of the structure, and the structure's own, in @places. */
static void expect_places_refused(const struct place *places, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		WITH(common.report_gpa, places[i].gpa, SVSM_ERR_INVALID_ADDRESS);
		WITH(common.manifest_gpa, places[i].gpa, SVSM_ERR_INVALID_ADDRESS);
		WITH(common.nonce_gpa, places[i].gpa, SVSM_ERR_INVALID_ADDRESS);
		/* Buffers may lie beside the place: shorter ones do not reach it, nor it them. */
		operation->common.certificates_size = PAGE_SIZE;
		WITH(common.certificates_gpa, places[i].gpa, SVSM_ERR_INVALID_ADDRESS);
		operation->common.certificates_size = PAGE_SIZE;
		WITH(common.nonce_gpa, places[i].gpa - 1, SVSM_ERR_INVALID_ADDRESS);
		EXPECT_EQ(attest_at(places[i].gpa, SVSM_ATTEST_SERVICES), SVSM_ERR_INVALID_ADDRESS);
	}
}

static void foreign(void)
{
	struct place places[MAX_PLACES];
	uint32_t count = foreign_places(places);

	expect_places_refused(places, count);
	expect_places_refused(&(struct place){"the calling area", (uint64_t)cpu_self()->ca}, 1);
}

static void unusable(void)
{
	struct place places[MAX_PLACES];
	uint32_t count = unusable_places(places);

	expect_places_refused(places, count);
}

static void too_long(void)
{
	uint64_t last = ram_end() - PAGE_SIZE;

	operation->common.certificates_size = 0;
	operation->common.report_size = 2 * PAGE_SIZE;
	WITH(common.report_gpa, last, SVSM_ERR_INVALID_ADDRESS);
	WITH(common.nonce_gpa, ram_end() - SVSM_NONCE_SIZE + 1, SVSM_ERR_INVALID_ADDRESS);
	WITH(common.nonce_gpa, UINT64_MAX, SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(attest_at(ram_end() - 8, SVSM_ATTEST_SERVICES), SVSM_ERR_INVALID_ADDRESS);
}

static void served_afterwards(void)
{
	struct svsm_regs r;

	evidence_prepare(&evidence);
	r = evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE);
	EXPECT(evidence_holds(&evidence, &r));
}

static const struct test_case cases[] = {
	{"calls that there are none of", calls},
	{"reserved fields", reserved},
	{"nonces of other sizes", nonce_sizes},
	{"services and versions that there are none of", services},
	{"alignment", alignment},
	{"buffers over one another", overlaps},
	{"what is not the guest's memory", foreign},
	{"what is not its plain memory", unusable},
	{"what runs out of memory", too_long},
	{"a report is served afterwards", served_afterwards},
};

void guest_main(void)
{
	call_init();
	evidence_create(&evidence);
	operation = evidence.operation;
	evidence_prepare(&evidence);
	CHECK_RUN(cases);
}
