/* SPDX-License-Identifier: MIT */
/*
 * A report in the paravisor's name. The guest talks to the secure processor
 * itself, by messages under VMPCK2, and may choose the report data: those of the
 * paravisor, nonce and manifest hashed, too. What makes a report the
 * paravisor's is that it says VMPL 0. So the guest asks for VMPL 0 and 1 under its
 * own key, calls its key another's, and tries with what stands at VMPCK0's place
 * in its secrets page. Messages under number 0 that are not the paravisor's might
 * also use up the numbers that the paravisor needs.
 *
 * Reports say VMPL 2 and 3 and nothing else, and the paravisor's own reports come
 * afterwards as before.
 */
#include "accomplice.h"

#include <string.h>

#include "evidence.h"
#include "messages.h"
#include "nae.h"
#include "sha512.h"

#define OWN_KEY 2U

static struct evidence evidence;
static struct snp_report_rsp answer;

static uint64_t ask(uint32_t vmpck, uint32_t vmpl)
{
	struct snp_report_req request = {.vmpl = vmpl};
	struct svsm_regs r;

	evidence_prepare(&evidence);
	r = evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE);
	EXPECT(evidence_holds(&evidence, &r));
	sha512_of_two(
		evidence.nonce, SVSM_NONCE_SIZE, evidence.manifest, r.rcx, request.report_data);
	memset(&answer, 0, sizeof(answer));
	return messages_exchange(
		SNP_MSG_REPORT_REQ, vmpck, &request, sizeof(request), &answer, sizeof(answer));
}

static void own_levels(void)
{
	for (uint32_t vmpl = OWN_KEY; vmpl < VMPL_COUNT; vmpl++) {
		EXPECT_EQ(ask(OWN_KEY, vmpl), 0);
		EXPECT_EQ(answer.status, SNP_MSG_SUCCESS);
		EXPECT_EQ(answer.report.vmpl, vmpl);
	}
}

static void more_privileged_levels(void)
{
	static const uint32_t levels[] = {0, 1, 4, 0x80000000, 0xffffffff};

	for (uint32_t i = 0; i < ARRAY_SIZE(levels); i++) {
		EXPECT_EQ(ask(OWN_KEY, levels[i]), 0);
		EXPECT_EQ(answer.status, SNP_MSG_INVALID_PARAMETERS);
		EXPECT(bytes_are((const uint8_t *)&answer.report, sizeof(answer.report), 0));
	}
}

/* The keys that the guest was not given are zeros in its page. */
static void others_keys(void)
{
	for (uint32_t vmpck = 0; vmpck < OWN_KEY; vmpck++) {
		EXPECT(bytes_are(guest.secrets->vmpck[vmpck], VMPCK_SIZE, 0));
		for (messages.count[vmpck] = 0; messages.count[vmpck] < 20;
			messages.count[vmpck] += 2)
			EXPECT_NE(ask(vmpck, vmpck), 0);
	}
}

/* Sealed under the guest's key, and called one under VMPCK0. */
static void another_name(void)
{
	struct snp_report_req request = {.vmpl = 0};

	messages_prepare(SNP_MSG_REPORT_REQ, OWN_KEY, &request, sizeof(request));
	messages.request->header.vmpck = 0;
	EXPECT_NE(messages_send(), 0);
}

static void the_paravisors_own(void)
{
	struct svsm_regs r;

	evidence_prepare(&evidence);
	r = evidence_call(&evidence, SVSM_ATTEST_SERVICES);
	EXPECT(evidence_holds(&evidence, &r));
}

static const struct test_case cases[] = {
	{"reports at the guest's own levels say so", own_levels},
	{"reports at more privileged levels are refused", more_privileged_levels},
	{"keys of other levels are not in the guest's page", others_keys},
	{"a message under another key's name is refused", another_name},
	{"the paravisor's own reports come as before", the_paravisors_own},
};

void guest_main(void)
{
	evidence_create(&evidence);
	messages_init();
	CHECK_RUN(cases);
}
