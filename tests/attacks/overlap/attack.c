/* SPDX-License-Identifier: MIT */
/*
 * Outputs over inputs, and over one another. The certificates are whatever the
 * host has put into the table. Where they may be written over the request, the
 * nonce or the manifest, the host decides what stands there: a paravisor that looked
 * there again would act on the host's bytes, and a guest would show its verifier a
 * nonce or a manifest that are not those under the report. Over a calling area's
 * header they would be a call that nobody has made; over a save area, registers.
 *
 * Every overlap is refused, whichever two it is of, wherever the parts meet, and
 * nothing is written.
 */
#include "accomplice.h"

#include <string.h>

#include "cpu.h"
#include "evidence.h"
#include "vmpl.h"

static struct evidence evidence;

static void expect_refused(uint64_t expected)
{
	struct svsm_attest_single before = *evidence.operation;
	uint8_t nonce[SVSM_NONCE_SIZE];
	struct svsm_regs r;

	memcpy(nonce, evidence.nonce, sizeof(nonce));
	r = evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE);
	EXPECT_EQ(r.rax, expected);
	EXPECT(evidence_is_untouched(&evidence));
	EXPECT(!memcmp(&before, evidence.operation, sizeof(before)));
	EXPECT(!memcmp(nonce, evidence.nonce, sizeof(nonce)));
	evidence_prepare(&evidence);
}

/* Each page of the certificates' buffer over @page, then those of a buffer of any length. */
static void certificates_over(uint64_t page, uint64_t expected)
{
	for (uint64_t i = 0; i < 4; i++) {
		evidence.operation->common.certificates_gpa = page - i * PAGE_SIZE;
		evidence.operation->common.certificates_size = (uint32_t)((i + 1) * PAGE_SIZE);
		expect_refused(expected);
	}
}

static void over_inputs(void)
{
	certificates_over((uint64_t)evidence.operation, SVSM_ERR_INVALID_PARAMETER);
	certificates_over((uint64_t)evidence.nonce, SVSM_ERR_INVALID_PARAMETER);
}

static void over_outputs(void)
{
	certificates_over((uint64_t)evidence.manifest, SVSM_ERR_INVALID_PARAMETER);
	certificates_over((uint64_t)evidence.report, SVSM_ERR_INVALID_PARAMETER);
	evidence.operation->common.report_gpa = (uint64_t)evidence.manifest;
	expect_refused(SVSM_ERR_INVALID_PARAMETER);
}

/* By one byte, at either end. */
static void by_a_byte(void)
{
	uint64_t nonce = (uint64_t)evidence.report + EVIDENCE_ROOM - 1;

	evidence.operation->common.nonce_gpa = nonce;
	expect_refused(SVSM_ERR_INVALID_PARAMETER);
	evidence.operation->common.nonce_gpa = (uint64_t)evidence.operation - SVSM_NONCE_SIZE + 1;
	expect_refused(SVSM_ERR_INVALID_PARAMETER);
	evidence.operation->common.nonce_gpa = (uint64_t)evidence.operation +
					       sizeof(struct svsm_attest_single) - 1;
	expect_refused(SVSM_ERR_INVALID_PARAMETER);
}

static void over_a_calling_area(void)
{
	struct svsm_ca *ca = cpu_self()->ca;

	evidence.operation->common.certificates_gpa = (uint64_t)ca;
	evidence.operation->common.certificates_size = PAGE_SIZE;
	expect_refused(SVSM_ERR_INVALID_ADDRESS);
	evidence.operation->common.report_gpa = (uint64_t)ca;
	expect_refused(SVSM_ERR_INVALID_ADDRESS);
	EXPECT_EQ(ca->call_pending, 0);
}

static void rest(void *arg)
{
	(void)arg;
}

static void over_a_save_area(void)
{
	EXPECT(smp_start(1, rest, NULL) && smp_join(1));
	evidence.operation->common.certificates_gpa = (uint64_t)smp_vmsa(1);
	evidence.operation->common.certificates_size = PAGE_SIZE;
	expect_refused(SVSM_ERR_INVALID_ADDRESS);
	evidence.operation->common.manifest_gpa = (uint64_t)smp_vmsa(1);
	expect_refused(SVSM_ERR_INVALID_ADDRESS);
}

static const struct test_case cases[] = {
	{"certificates over request and nonce", over_inputs},
	{"outputs over one another", over_outputs},
	{"by one byte", by_a_byte},
	{"outputs over a calling area", over_a_calling_area},
	{"outputs over a save area", over_a_save_area},
};

void guest_main(void)
{
	evidence_create(&evidence);
	evidence_prepare(&evidence);
	CHECK_RUN(cases);
}
