/* SPDX-License-Identifier: MIT */
/*
 * Without init. Word "left": init was told of one end and left; services go on,
 * and none comes back. Word "missing": it never was; there are no services.
 */
#include "check.h"
#include "guest.h"
#include "tests/services/protocols.h"
#include "tests/services/request.h"

#define CRASHING PROTOCOL_MORTAL
#define OTHER (PROTOCOL_MORTAL + 3)

static void nobody_comes_back(void)
{
	EXPECT_EQ(request(CRASHING, MORTAL_STATE, 0).rax, SVSM_SUCCESS);
	EXPECT_EQ(request(CRASHING, MORTAL_CRASH, 0).rax, SVSM_ERR_SERVICE_ENDED);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(request_settled(CRASHING, MORTAL_STATE, 0).rax,
			SVSM_ERR_UNSUPPORTED_PROTOCOL);
		EXPECT_EQ(request(OTHER, MORTAL_STATE, 0).rax, SVSM_SUCCESS);
	}
	EXPECT_EQ(request(OTHER, MORTAL_CRASH, 0).rax, SVSM_ERR_SERVICE_ENDED);
	EXPECT_EQ(request_settled(OTHER, MORTAL_STATE, 0).rax, SVSM_ERR_UNSUPPORTED_PROTOCOL);
}

static void there_is_none(void)
{
	for (uint32_t i = 0; i < 4; i++)
		EXPECT_EQ(request(PROTOCOL_MORTAL + i, MORTAL_STATE, 0).rax,
			SVSM_ERR_UNSUPPORTED_PROTOCOL);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
}

static const struct test_case left[] = {
	{"init has left: services go on, none comes back", nobody_comes_back},
};
static const struct test_case missing[] = {
	{"no init, no services", there_is_none},
};

void guest_main(void)
{
	request_init();
	if (guest_has_word("missing"))
		CHECK_RUN(missing);
	CHECK_RUN(left);
}
