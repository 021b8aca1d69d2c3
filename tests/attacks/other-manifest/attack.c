/* SPDX-License-Identifier: MIT */
/*
 * One service's manifest shown as another's. A report for a single service is
 * over the nonce and that service's manifest; the protocol does not put the GUID
 * that was asked for into it. A guest could ask for one service and show the answer
 * as another's, if two services could have the same manifest: a vTPM's endorsement
 * key that is the text of something else, or all services' manifest for one's.
 *
 * Each manifest of the paravisor's begins with the GUID and version of whose it
 * is, put there by the paravisor; a service that is not there has none, and no
 * GUID, version or nonce makes one.
 */
#include "accomplice.h"

#include <string.h>

#include "evidence.h"

/* c476f1eb-0123-45a5-9641-b4e7dde5bfe3, a vTPM; a4453a59-9e1b-4787-a033-1986d6adbe55, variables */
static const uint8_t others[][SVSM_GUID_SIZE] = {
	{0xeb, 0xf1, 0x76, 0xc4, 0x23, 0x01, 0xa5, 0x45, 0x96, 0x41, 0xb4, 0xe7, 0xdd, 0xe5, 0xbf,
		0xe3},
	{0x59, 0x3a, 0x45, 0xa4, 0x1b, 0x9e, 0x87, 0x47, 0xa0, 0x33, 0x19, 0x86, 0xd6, 0xad, 0xbe,
		0x55},
	SVSM_GUID_SERVICES_MANIFEST,
	{0},
};

static const uint8_t platform[] = NACRE_GUID_PLATFORM;
static struct evidence evidence;

static void services_that_are_not_there(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct svsm_regs r;

		evidence_prepare(&evidence);
		memcpy(evidence.operation->service_guid, others[i], SVSM_GUID_SIZE);
		r = evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE);
		EXPECT_EQ(r.rax, SVSM_ERR_UNSUPPORTED_PROTOCOL);
		EXPECT(evidence_is_untouched(&evidence));
	}
}

/* The GUID in its other byte order, and with each bit turned. */
static void guids_nearby(void)
{
	static const uint8_t big_endian[] = {0xb1, 0xc5, 0xb2, 0x9f, 0x7e, 0x61, 0x4a, 0x2e, 0x9d,
		0x3c, 0x52, 0xa1, 0xf0, 0x6e, 0xd8, 0xe4};

	for (uint32_t bit = 0; bit <= 8 * SVSM_GUID_SIZE; bit++) {
		evidence_prepare(&evidence);
		if (bit == 8 * SVSM_GUID_SIZE)
			memcpy(evidence.operation->service_guid, big_endian, SVSM_GUID_SIZE);
		else
			evidence.operation->service_guid[bit / 8] ^= (uint8_t)(1U << bit % 8);
		EXPECT_EQ(evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE).rax,
			SVSM_ERR_UNSUPPORTED_PROTOCOL);
	}
}

static void versions_that_are_not_there(void)
{
	for (uint32_t version = 1; version; version <<= 1) {
		evidence_prepare(&evidence);
		evidence.operation->manifest_version = version;
		EXPECT_EQ(evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE).rax,
			SVSM_ERR_INVALID_PARAMETER);
		EXPECT(evidence_is_untouched(&evidence));
	}
}

/* What is vouched for says whose it is, at its very beginning. */
static void manifests_name_themselves(void)
{
	static const uint8_t all[] = SVSM_GUID_SERVICES_MANIFEST;
	struct svsm_regs r;

	evidence_prepare(&evidence);
	r = evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE);
	EXPECT(evidence_holds(&evidence, &r));
	EXPECT(!memcmp(evidence.manifest, platform, sizeof(platform)));
	evidence_prepare(&evidence);
	r = evidence_call(&evidence, SVSM_ATTEST_SERVICES);
	EXPECT(evidence_holds(&evidence, &r));
	EXPECT(!memcmp(evidence.manifest, all, sizeof(all)));
}

static const struct test_case cases[] = {
	{"services that are not there", services_that_are_not_there},
	{"GUIDs that are nearly one", guids_nearby},
	{"versions that are not there", versions_that_are_not_there},
	{"every manifest says whose it is", manifests_name_themselves},
};

void guest_main(void)
{
	evidence_create(&evidence);
	CHECK_RUN(cases);
}
