/* SPDX-License-Identifier: MIT */
/*
 * One initialization vector for two messages. A message's sequence number is the
 * initialization vector of its AES-GCM. Who sees two messages under one has the
 * difference of their texts and, worse, the key of the authentication: it could
 * forge reports' requests and answers from then on. The ways there: several vCPUs
 * ask at once; a call changes its mind while the host puts its message off; a
 * request is shown as one event and again as another.
 *
 * All vCPUs ask for reports over nonces of their own, that change at each BUSY. The
 * host is busy most of the time, keeps every message, and ends the run if two with
 * one number differ. Every report that comes is over the nonce of the very call.
 */
#include "accomplice.h"

#include "evidence.h"
#include "vmpl.h"

#define REPORTS 6U
#define CALLS_MAX 4000U

static struct evidence evidence[GUEST_MAX_CPUS];
static uint32_t reports;

/* With certificates and without: two events for one message. */
static uint64_t one_call(struct evidence *e, uint32_t round)
{
	struct svsm_regs r = evidence_registers(e, round % 2);

	evidence_prepare(e);
	if (round & 2)
		e->operation->common.certificates_size = 0;
	EXPECT(svsm_call(&r, SVSM_BY_MSR));
	if (r.rax == SVSM_SUCCESS && EXPECT(evidence_holds(e, &r)))
		__atomic_fetch_add(&reports, 1, __ATOMIC_RELAXED);
	else
		EXPECT(r.rax == SVSM_ERR_BUSY || r.rax == SVSM_ERR_ATTEST_THROTTLED);
	return r.rax;
}

/* Sometimes it insists on what it asked for, so that reports are had at all. */
static void ask(void *arg)
{
	struct evidence *e = arg;
	uint32_t had = 0;

	for (uint32_t round = 0; had < REPORTS && round < CALLS_MAX; round++) {
		struct svsm_regs r;

		had += one_call(e, round) == SVSM_SUCCESS;
		if (round % 8 != 7)
			continue;
		evidence_prepare(e);
		r = evidence_call(e, SVSM_ATTEST_SINGLE_SERVICE);
		had += r.rax == SVSM_SUCCESS && EXPECT(evidence_holds(e, &r));
	}
	EXPECT(had >= REPORTS);
}

static void race(void)
{
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, ask, &evidence[i]));
	ask(&evidence[0]);
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_join(i));
	EXPECT_EQ(guest.cpu_count, word_number("cpus") ? word_number("cpus") : 1);
}

static const struct test_case cases[] = {
	{"no two messages have one number, and each report is its caller's", race},
};

void guest_main(void)
{
	for (uint32_t i = 0; i < guest.cpu_count; i++)
		evidence_create(&evidence[i]);
	CHECK_RUN(cases);
}
