/* SPDX-License-Identifier: MIT */
/*
 * Crash the vTPM, extend again, quote. A TPM's PCRs tell what has booted because
 * nothing but a reset of the machine empties them. Whoever can bring the TPM's program
 * to a fault, a guest by a bug in it or a host that injects an exception into ring 3,
 * would have empty PCRs if that program were started anew: then the kernel that was
 * booted could extend them as another one would have, and have it quoted by the same
 * attested keys, or by new ones that the paravisor vouches for.
 *
 * The vTPM's fault is its end for this launch. Each command, Startup too, is answered
 * TPM_RC_FAILURE, so that the guest's software knows it; no manifest is given, not even
 * one that was given before, and the services' manifest is without it; everything else
 * that the paravisor serves goes on. "at=N": which place the exception comes at (enum
 * hostile_place), "after=N" so many instructions of it; in hexadecimal.
 */
#include "accomplice.h"

#include <string.h>

#include "evidence.h"
#include "tpm.h"
#include "tpm2.h"

#define GENERAL_PROTECTION 0x80000b0dUL /* EVENTINJ: an exception with an error code */

static uint8_t *buffer;
static struct evidence evidence;

static uint64_t attest(uint32_t number, uint32_t version)
{
	static const uint8_t vtpm[] = SVSM_GUID_VTPM;
	struct svsm_regs r;

	evidence_prepare(&evidence);
	memcpy(evidence.operation->service_guid, vtpm, sizeof(vtpm));
	evidence.operation->manifest_version = version;
	r = evidence_call(&evidence, number);
	EXPECT(r.rax || evidence_holds(&evidence, &r));
	return r.rax;
}

static uint32_t services_vouched(void)
{
	EXPECT_EQ(attest(SVSM_ATTEST_SERVICES, 0), SVSM_SUCCESS);
	return ((const struct svsm_services_manifest *)evidence.manifest)->count;
}

static void lives(void)
{
	EXPECT_EQ(tpm_send(buffer, tpm_startup, sizeof(tpm_startup)), 0);
	EXPECT_EQ(tpm_send(buffer, tpm_extend, sizeof(tpm_extend)), 0);
	EXPECT_EQ(tpm_send(buffer, tpm_pcr_read, sizeof(tpm_pcr_read)), 0);
	EXPECT(!bytes_are(buffer + tpm_answer_size(buffer) + 4 - 32, 32, 0));
	EXPECT_EQ(attest(SVSM_ATTEST_SINGLE_SERVICE, SVSM_VTPM_MANIFEST_BARE), SVSM_SUCCESS);
	EXPECT_EQ(services_vouched(), 2);
}

static void crashes(void)
{
	host_order(HOSTILE_PLACE, 0, (uint32_t)word_number("at"));
	host_order(HOSTILE_INJECT, GENERAL_PROTECTION, (uint32_t)word_number("after"));
	EXPECT_EQ(tpm_send(buffer, tpm_extend, sizeof(tpm_extend)), TPM_RC_FAILURE);
}

static void stays_dead(void)
{
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(tpm_send(buffer, tpm_startup, sizeof(tpm_startup)), TPM_RC_FAILURE);
		EXPECT_EQ(tpm_send(buffer, tpm_extend, sizeof(tpm_extend)), TPM_RC_FAILURE);
		EXPECT_EQ(tpm_send(buffer, tpm_pcr_read, sizeof(tpm_pcr_read)), TPM_RC_FAILURE);
		EXPECT_EQ(tpm_answer_size(buffer), TPM_HEADER_SIZE);
	}
}

static void is_not_vouched_for(void)
{
	EXPECT_EQ(attest(SVSM_ATTEST_SINGLE_SERVICE, SVSM_VTPM_MANIFEST_BARE),
		SVSM_ERR_SERVICE_ENDED);
	EXPECT_EQ(attest(SVSM_ATTEST_SINGLE_SERVICE, NACRE_VTPM_MANIFEST_VERSION),
		SVSM_ERR_SERVICE_ENDED);
	EXPECT(evidence_is_untouched(&evidence));
	EXPECT_EQ(services_vouched(), 1);
}

static void all_else_goes_on(void)
{
	uint64_t page = (uint64_t)page_alloc();

	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_CORE, 1), 1UL << 32 | 1);
	EXPECT_EQ(pvalidate_entry(page | RESCIND), SVSM_SUCCESS);
	EXPECT_EQ(pvalidate_entry(page | VALIDATE), SVSM_SUCCESS);
}

static const struct test_case cases[] = {
	{"a TPM that has been extended and is vouched for", lives},
	{"its fault is a failure that the guest is told of", crashes},
	{"it stays so, whatever the guest sends", stays_dead},
	{"nobody vouches for it any more", is_not_vouched_for},
	{"all else goes on", all_else_goes_on},
};

void guest_main(void)
{
	buffer = page_alloc();
	evidence_create(&evidence);
	CHECK_RUN(cases);
}
