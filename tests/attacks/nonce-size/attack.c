/* SPDX-License-Identifier: MIT */
/*
 * A nonce of a wrong size. Report data is SHA-512 over the nonce and, directly
 * behind it, the manifest. If the nonce's size were the caller's to choose, a guest
 * could take for nonce the verifier's 64 bytes followed by a manifest that it has
 * made up: the paravisor's own manifest would come behind it, and what the report
 * vouches for would begin with the guest's. A shorter nonce does the same to a
 * verifier that expects shorter ones.
 *
 * Only 64 bytes are a nonce.
 */
#include "accomplice.h"

#include <string.h>

#include "evidence.h"

#define LONGEST 300U

static struct evidence evidence;

/* The verifier's nonce, a made-up manifest, and room for more. */
static void make_up_nonce(void)
{
	static const struct nacre_manifest_header forged = {.guid = {0xf1, 0x76, 0xc4}};

	evidence_prepare(&evidence);
	memcpy(evidence.nonce + SVSM_NONCE_SIZE, &forged, sizeof(forged));
}

static void expect_refused(uint16_t size)
{
	for (uint32_t number = SVSM_ATTEST_SERVICES; number <= SVSM_ATTEST_SINGLE_SERVICE;
		number++) {
		struct svsm_regs r;

		make_up_nonce();
		evidence.operation->common.nonce_size = size;
		r = evidence_call(&evidence, number);
		EXPECT_EQ(r.rax, SVSM_ERR_INVALID_PARAMETER);
		EXPECT(r.rdx == EVIDENCE_PRESET && r.r8 == EVIDENCE_PRESET);
		EXPECT(evidence_is_untouched(&evidence));
	}
}

static void every_size(void)
{
	for (uint16_t size = 0; size < LONGEST; size++)
		if (size != SVSM_NONCE_SIZE)
			expect_refused(size);
	expect_refused(PAGE_SIZE);
	expect_refused(0xffff);
}

static void the_right_one(void)
{
	struct svsm_regs r;

	make_up_nonce();
	r = evidence_call(&evidence, SVSM_ATTEST_SERVICES);
	EXPECT(evidence_holds(&evidence, &r));
}

static const struct test_case cases[] = {
	{"nonces of every other size are refused", every_size},
	{"one of 64 bytes is taken", the_right_one},
};

void guest_main(void)
{
	evidence_create(&evidence);
	CHECK_RUN(cases);
}
