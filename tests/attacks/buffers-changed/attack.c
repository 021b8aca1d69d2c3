/* SPDX-License-Identifier: MIT */
/*
 * Request and buffers change while a report is made. A second vCPU turns the
 * addresses in the operation structure between the guest's buffers and what is
 * not the guest's to name, the nonce between two values, the service between one
 * that exists and one that does not, and writes a manifest of its own over the
 * one in the buffer. A paravisor that looked twice would check one address and
 * write to another, or have a report made over a manifest that it has read back
 * from the guest: the guest's own words, vouched for at VMPL 0 (a manifest swapped
 * before or after the report).
 *
 * Each call acts on what stood there at one moment: report data are over a nonce
 * that stood there and the paravisor's own manifest, whatever stands in the buffer,
 * results are those that one state of the structure explains, and no page but the
 * buffers is written.
 */
#include "accomplice.h"

#include <string.h>

#include "evidence.h"
#include "insn.h"
#include "sha512.h"
#include "vmpl.h"

#define ROUNDS 400U
#define QUIET 2000U
#define BRIEF 20U
#define NONCE_A 0x11
#define NONCE_B 0xee
#define FORGED 0xf0

static struct evidence evidence;
static uint8_t genuine[EVIDENCE_ROOM]; /* manifest of the service */
static uint64_t genuine_size;
static uint8_t *bystander;
static uint32_t stop, flips;

/* Report data over the first bytes of one nonce and the last of the other. */
static uint8_t expected[2 * SVSM_NONCE_SIZE][SHA512_BYTES];

static void rest(uint32_t turns)
{
	for (uint32_t i = 0; i < turns; i++)
		cpu_relax();
}

static void turn(uint64_t *field, uint64_t other)
{
	uint64_t mine = *field;

	__atomic_store_n(field, other, __ATOMIC_SEQ_CST);
	rest(BRIEF);
	__atomic_store_n(field, mine, __ATOMIC_SEQ_CST);
}

static void flip(uint32_t round)
{
	struct svsm_attest_services *common = &evidence.operation->common;
	uint64_t forbidden = guest.secrets->svsm_base + (round % 64) * PAGE_SIZE;

	memset(evidence.nonce, round & 1 ? NONCE_A : NONCE_B, SVSM_NONCE_SIZE);
	turn(&common->report_gpa, round & 2 ? forbidden : (uint64_t)evidence.operation);
	turn(&common->manifest_gpa, round & 4 ? forbidden : (uint64_t)evidence.nonce);
	turn(&common->certificates_gpa, round & 2 ? (uint64_t)evidence.operation : forbidden);
	turn(&common->nonce_gpa, round & 4 ? forbidden : (uint64_t)evidence.operation);
	turn((uint64_t *)evidence.operation->service_guid, 0);
	memset(evidence.manifest, FORGED, genuine_size);
	rest(QUIET);
}

static void other_cpu(void *arg)
{
	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST))
		flip(__atomic_fetch_add(&flips, 1, __ATOMIC_SEQ_CST));
	(void)arg;
}

static void expect_nonces(void)
{
	uint8_t nonce[SVSM_NONCE_SIZE];

	for (uint32_t i = 0; i < SVSM_NONCE_SIZE; i++) {
		memset(nonce, NONCE_A, sizeof(nonce));
		memset(nonce, NONCE_B, i);
		sha512_of_two(nonce, sizeof(nonce), genuine, genuine_size, expected[2 * i]);
		memset(nonce, NONCE_B, sizeof(nonce));
		memset(nonce, NONCE_A, i);
		sha512_of_two(nonce, sizeof(nonce), genuine, genuine_size, expected[2 * i + 1]);
	}
}

static bool is_over_the_genuine_manifest(const struct snp_report *report)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(expected); i++)
		if (!memcmp(report->report_data, expected[i], sizeof(expected[i])))
			return true;
	return false;
}

static bool is_explained(uint64_t result)
{
	return result == SVSM_SUCCESS || result == SVSM_ERR_INVALID_ADDRESS ||
	       result == SVSM_ERR_INVALID_PARAMETER || result == SVSM_ERR_UNSUPPORTED_PROTOCOL;
}

/* The service's manifest, before anybody changes anything. */
static void learn(void)
{
	struct svsm_regs r;

	evidence_prepare(&evidence);
	r = evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE);
	if (!evidence_holds(&evidence, &r))
		check_abort("no report: %lx", r.rax);
	genuine_size = r.rcx;
	memcpy(genuine, evidence.manifest, genuine_size);
	expect_nonces();
	memset(evidence.nonce, NONCE_A, SVSM_NONCE_SIZE);
}

static bool one_call(void)
{
	struct svsm_regs r = evidence_call(&evidence, SVSM_ATTEST_SINGLE_SERVICE);

	if (!is_explained(r.rax))
		check_fail("result %lx", r.rax);
	if (r.rax != SVSM_SUCCESS)
		return false;
	EXPECT_EQ(r.rcx, genuine_size);
	EXPECT(is_over_the_genuine_manifest((const struct snp_report *)evidence.report));
	return true;
}

static void race(void)
{
	uint32_t successes = 0;

	learn();
	EXPECT(smp_start(1, other_cpu, NULL) && wait_for(&flips));
	for (uint32_t i = 0; i < ROUNDS; i++)
		successes += one_call();
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	EXPECT(smp_join(1));
	print("# %u reports, %u refusals, %u changes\n", successes, ROUNDS - successes, flips);
	EXPECT(successes > 0 && successes < ROUNDS);
	EXPECT(pattern_holds(bystander));
}

static const struct test_case cases[] = {
	{"each report is over a nonce that stood there and the paravisor's own manifest", race},
};

void guest_main(void)
{
	evidence_create(&evidence);
	bystander = page_alloc();
	pattern_fill(bystander);
	CHECK_RUN(cases);
}
