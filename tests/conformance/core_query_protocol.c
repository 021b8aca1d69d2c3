/* SPDX-License-Identifier: MIT */
/*
 * SVSM_CORE_QUERY_PROTOCOL: RAX is SUCCESS always; RCX is max << 32 | min if the
 * version is served, else 0. By both ways of calling.
 */
#include "call.h"
#include "guest.h"

static const uint32_t versions[] = {0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xffffffff};

static uint64_t query(uint32_t protocol, uint32_t version, enum svsm_form form)
{
	struct svsm_regs r = {
		.rax = svsm_function(SVSM_PROTOCOL_CORE, SVSM_CORE_QUERY_PROTOCOL),
		.rcx = (uint64_t)protocol << 32 | version,
		.rdx = 0x1111,
		.r8 = 0x2222,
		.r9 = 0x3333,
	};

	call(&r, form, OUT_RCX);
	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	return r.rcx;
}

static void served(void)
{
	EXPECT_EQ(query(SVSM_PROTOCOL_CORE, 1, SVSM_BY_MSR), 1UL << 32 | 1);
	EXPECT_EQ(query(SVSM_PROTOCOL_CORE, 1, SVSM_BY_NAE), 1UL << 32 | 1);
	EXPECT_EQ(query(SVSM_PROTOCOL_ATTEST, 1, SVSM_BY_MSR), 1UL << 32 | 1);
}

static void other_versions(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
		if (versions[i] != 1) {
			EXPECT_EQ(query(SVSM_PROTOCOL_CORE, versions[i], SVSM_BY_MSR), 0);
			EXPECT_EQ(query(SVSM_PROTOCOL_ATTEST, versions[i], SVSM_BY_MSR), 0);
		}
}

static void other_protocols(void)
{
	static const uint32_t protocols[] = {SVSM_PROTOCOL_VTPM, 3, 4, 5, 0x7fffffff, 0xffffffff};

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		for (size_t j = 0; j < ARRAY_SIZE(versions); j++)
			EXPECT_EQ(query(protocols[i], versions[j], SVSM_BY_NAE), 0);
}

static const struct test_case cases[] = {
	{"core and attestation protocol, version 1", served},
	{"versions of them that are none", other_versions},
	{"protocols that are not served", other_protocols},
};

void guest_main(void)
{
	call_init();
	CHECK_RUN(cases);
}
