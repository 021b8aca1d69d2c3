/* SPDX-License-Identifier: MIT */
/*
 * The hostile host's lies about guest requests, as docs/machine.md has them: one
 * word on the command line for each run, which says what the host was told to do.
 */
#include <string.h>

#include "check.h"
#include "guest.h"
#include "memory.h"
#include "message_crypto.h"
#include "messages.h"

#define SPIN_MAX 100000U

static struct snp_msg seen[3]; /* the response pages of three requests */
static bool good[3];           /* whether they opened as the answers they should be */
static uint64_t results[3];

static void ask_three_times(void)
{
	static const struct snp_report_req req;
	static struct snp_report_rsp rsp;

	for (uint32_t i = 0; i < 3; i++) {
		messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
		results[i] = messages_send();
		seen[i] = *messages.response;
		good[i] = messages_receive(0, &rsp, sizeof(rsp));
		messages.count[0] += 2;
	}
}

static bool same(uint32_t a, uint32_t b)
{
	return !memcmp(&seen[a], &seen[b], sizeof(seen[a]));
}

static bool nothing(uint32_t i)
{
	static const struct snp_msg empty;

	return !memcmp(&seen[i], &empty, sizeof(empty));
}

static void expect_good(bool first, bool second, bool third)
{
	EXPECT_EQ(good[0], first);
	EXPECT_EQ(good[1], second);
	EXPECT_EQ(good[2], third);
}

static void honest(void)
{
	ask_three_times();
	expect_good(true, true, true);
	EXPECT(!same(0, 1));
}

static void replay(void)
{
	ask_three_times();
	expect_good(true, false, false);
	EXPECT(same(0, 1));
	EXPECT(same(0, 2));
}

static void late(void)
{
	ask_three_times();
	expect_good(false, false, false);
	EXPECT(nothing(0));
	EXPECT_EQ(seen[1].header.sequence, 2);
	EXPECT_EQ(seen[2].header.sequence, 4);
}

/* response=34.1.1,60.80.2 */
static void changed(void)
{
	ask_three_times();
	expect_good(true, false, false);
	EXPECT_EQ(seen[1].header.type, SNP_MSG_REPORT_RSP ^ 1);
	EXPECT_EQ(seen[2].header.type, SNP_MSG_REPORT_RSP);
}

/* response=20.ff with response-after=200: all is well, and some instructions later not. */
static void changed_later(void)
{
	static const struct snp_report_req req;
	const volatile uint8_t *byte = (const uint8_t *)messages.response + 0x20;
	uint8_t before;
	uint32_t spins = 0;

	messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
	EXPECT_EQ(messages_send(), 0);
	before = *byte;
	while (*byte == before && ++spins < SPIN_MAX)
		;
	EXPECT_EQ(before, 2);
	EXPECT_EQ(*byte, 0xfd);
	EXPECT(spins > 0);
}

/* lie=80000011.skip.1 */
static void not_done(void)
{
	static const struct snp_report_req req;

	messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
	EXPECT_EQ(messages_send(), 0);
	seen[0] = *messages.response;
	EXPECT(nothing(0));
	EXPECT_EQ(messages_send(), 0); /* it has not been anywhere yet */
	EXPECT_EQ(messages.response->header.sequence, 2);
}

/* lie=80000011.info2.200000000 */
static void busy(void)
{
	static const struct snp_report_req req;

	messages_prepare(SNP_MSG_REPORT_REQ, 0, &req, sizeof(req));
	EXPECT_EQ(messages_send(), (uint64_t)SNP_GUEST_VMM_BUSY << SNP_GUEST_VMM_SHIFT);
	EXPECT_EQ(messages.busy, 100);
}

/* lie=80000011.info2.16 */
static void firmware_error(void)
{
	ask_three_times();
	EXPECT_EQ(results[0], SNP_FW_INVALID_PARAM);
	EXPECT_EQ(results[2], SNP_FW_INVALID_PARAM);
}

/* lie=80000012.info2.100000000,80000012.rbx.ffffffffffffffff */
static void endless_certificates(void)
{
	messages.extended = true;
	messages.data_pages = 4;
	ask_three_times();
	EXPECT_EQ(results[0], (uint64_t)SNP_GUEST_VMM_INVALID_LEN << SNP_GUEST_VMM_SHIFT);
	EXPECT_EQ(messages.rbx, UINT64_MAX);
}

static const struct {
	const char *word;
	struct test_case test;
} lies[] = {
	{"honest", {"without a lie every response is good", honest}},
	{"replay", {"the first response comes again and again", replay}},
	{"late", {"each response is the one before", late}},
	{"changed", {"bytes of the responses are changed", changed}},
	{"later", {"the response changes after it was given", changed_later}},
	{"not-done", {"a request is called done, and was not carried", not_done}},
	{"busy", {"the host is busy for ever", busy}},
	{"error", {"the host makes an error up", firmware_error}},
	{"endless", {"the certificates want an endless number of pages", endless_certificates}},
};

void guest_main(void)
{
	messages_init();
	for (uint32_t i = 0; i < ARRAY_SIZE(lies); i++)
		if (guest_has_word(lies[i].word))
			check_run(&lies[i].test, 1);
	check_abort("no lie was named");
}
