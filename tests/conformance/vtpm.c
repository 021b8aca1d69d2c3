/* SPDX-License-Identifier: MIT */
/*
 * The vTPM protocol: queries, what a command's buffer may be, answers as a TPM gives
 * them, and the manifests that stand for it in attestation.
 */
#include <string.h>

#include "call.h"
#include "cpu.h"
#include "evidence.h"
#include "guest.h"
#include "memory.h"
#include "tpm.h"
#include "tpm2.h"

#define OUT_SIZES (OUT_RCX | OUT_RDX | OUT_R8)
#define TPM_RC_INITIALIZE 0x100U
#define TPM_RC_COMMAND_CODE 0x143U

static uint8_t *buffer;
static struct evidence evidence;

static const uint8_t no_such[] = {0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x0f, 0xff};
/* TPM_CAP_PCRS */
static const uint8_t get_banks[] = {
	0x80, 0x01, 0, 0, 0, 22, 0, 0, 0x01, 0x7a, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1};

static struct svsm_regs run(uint64_t address, enum svsm_form form)
{
	struct svsm_regs r;

	do {
		r = (struct svsm_regs){
			.rax = svsm_function(SVSM_PROTOCOL_VTPM, SVSM_VTPM_CMD),
			.rcx = address,
		};
		call(&r, form, 0);
	} while (r.rax == SVSM_ERR_BUSY || r.rax == SVSM_ERR_INCOMPLETE);
	return r;
}

/* The TPM's response code; the answer stands in @at, behind its size. */
static uint32_t command_at(uint8_t *at, enum svsm_form form, const void *data, uint32_t size)
{
	tpm_place(at, data, size);
	EXPECT_EQ(run((uint64_t)at, form).rax, SVSM_SUCCESS);
	return tpm_answer_code(at);
}

static uint32_t command(const void *data, uint32_t size)
{
	return command_at(buffer, SVSM_BY_MSR, data, size);
}

static void queries(void)
{
	for (enum svsm_form form = SVSM_BY_MSR; form <= SVSM_BY_NAE; form++) {
		struct svsm_regs r = {.rax = svsm_function(SVSM_PROTOCOL_VTPM, SVSM_VTPM_QUERY)};

		call(&r, form, OUT_RCX | OUT_RDX);
		EXPECT_EQ(r.rax, SVSM_SUCCESS);
		EXPECT_EQ(r.rcx, BIT(SVSM_VTPM_SEND_COMMAND));
		EXPECT_EQ(r.rdx, 0);
	}
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_VTPM, 1), 1UL << 32 | 1);
	EXPECT_EQ(svsm_query_protocol(SVSM_PROTOCOL_VTPM, 2), 0);
}

/* BUSY comes of the vTPM's own work on a CPU that has none of the guest's. */
static void expect_refused(uint32_t number, uint64_t address, uint64_t result)
{
	uint8_t before[64];
	struct svsm_regs r;

	memcpy(before, buffer, sizeof(before));
	do {
		r = (struct svsm_regs){
			.rax = svsm_function(SVSM_PROTOCOL_VTPM, number), .rcx = address};
		call(&r, SVSM_BY_MSR, 0);
	} while (r.rax == SVSM_ERR_BUSY);
	EXPECT_EQ(r.rax, result);
	EXPECT(!memcmp(before, buffer, sizeof(before)));
}

static void refuses(uint32_t platform, uint8_t locality, uint32_t size, uint64_t result)
{
	struct svsm_vtpm_request head = {platform, locality, size};

	memcpy(buffer, &head, sizeof(head));
	expect_refused(SVSM_VTPM_CMD, (uint64_t)buffer, result);
}

static void refusals(void)
{
	tpm_place(buffer, tpm_startup, sizeof(tpm_startup));
	expect_refused(2, (uint64_t)buffer, SVSM_ERR_UNSUPPORTED_CALL);
	expect_refused(UINT32_MAX, (uint64_t)buffer, SVSM_ERR_UNSUPPORTED_CALL);
	refuses(0, 0, sizeof(tpm_startup), SVSM_ERR_INVALID_PARAMETER);
	refuses(1, 0, sizeof(tpm_startup), SVSM_ERR_INVALID_PARAMETER);
	refuses(UINT32_MAX, 0, sizeof(tpm_startup), SVSM_ERR_INVALID_PARAMETER);
	for (unsigned int locality = 1; locality < 256; locality++)
		refuses(SVSM_VTPM_SEND_COMMAND, (uint8_t)locality, sizeof(tpm_startup),
			SVSM_ERR_INVALID_PARAMETER);
	refuses(SVSM_VTPM_SEND_COMMAND, 0, SVSM_VTPM_COMMAND_MAX + 1, SVSM_ERR_INVALID_PARAMETER);
	refuses(SVSM_VTPM_SEND_COMMAND, 0, UINT32_MAX, SVSM_ERR_INVALID_PARAMETER);
	refuses(SVSM_VTPM_SEND_COMMAND, 0, TPM_HEADER_SIZE - 1, SVSM_ERR_INVALID_PARAMETER);
	refuses(SVSM_VTPM_SEND_COMMAND, 0, 0, SVSM_ERR_INVALID_PARAMETER);
}

static void addresses(void)
{
	static const uint64_t wrong[] = {
		UINT64_MAX, UINT64_MAX - SVSM_VTPM_BUFFER + 2, BIT(52), 0xfc000000, 0xc0000000};

	expect_refused(SVSM_VTPM_CMD, 0, SVSM_ERR_INVALID_PARAMETER);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		expect_refused(SVSM_VTPM_CMD, wrong[i], SVSM_ERR_INVALID_ADDRESS);
	expect_refused(SVSM_VTPM_CMD, (uint64_t)cpu_self()->ca, SVSM_ERR_INVALID_ADDRESS);
}

/* The guest's own reset: the first command there is must be Startup. */
static void starts_up(void)
{
	EXPECT_EQ(command(tpm_get_random, sizeof(tpm_get_random)), TPM_RC_INITIALIZE);
	EXPECT_EQ(command(tpm_startup, sizeof(tpm_startup)), 0);
	EXPECT_EQ(command(tpm_startup, sizeof(tpm_startup)), TPM_RC_INITIALIZE);
	EXPECT_EQ(command(no_such, sizeof(no_such)), TPM_RC_COMMAND_CODE);
}

static void random_bytes(void)
{
	uint8_t first[32];

	for (enum svsm_form form = SVSM_BY_MSR; form <= SVSM_BY_NAE; form++) {
		EXPECT_EQ(command_at(buffer, form, tpm_get_random, sizeof(tpm_get_random)), 0);
		EXPECT_EQ(tpm_answer_size(buffer), TPM_HEADER_SIZE + 2 + 32);
		EXPECT(form == SVSM_BY_MSR || memcmp(first, buffer + 16, sizeof(first)));
		memcpy(first, buffer + 16, sizeof(first));
	}
}

/* Answers may be shorter than commands: zeros follow then, and what lies behind is left. */
static void ends_of_buffers(void)
{
	static uint8_t long_command[200];
	uint8_t *pages = pages_alloc(2);

	memcpy(long_command, no_such, sizeof(no_such));
	long_command[5] = sizeof(long_command);
	for (uint32_t offset = 0; offset < PAGE_SIZE; offset += 1365) {
		uint8_t *at = pages + offset;

		EXPECT_EQ(command_at(at, SVSM_BY_MSR, long_command, sizeof(long_command)),
			TPM_RC_COMMAND_CODE);
		EXPECT_EQ(tpm_answer_size(at), TPM_HEADER_SIZE);
		EXPECT(bytes_are(at + 14, sizeof(long_command) - 5, 0));
		EXPECT(bytes_are(at + 9 + sizeof(long_command),
			SVSM_VTPM_BUFFER - 9 - sizeof(long_command), TPM_BUFFER_FILL));
	}
}

/* SHA-1 is on in libtpms as it comes; a bank that is not there is not listed, or empty. */
static void banks(void)
{
	const uint8_t *at = tpm_answer_body(buffer) + 5;
	uint32_t count, banks = 0;

	EXPECT_EQ(command(get_banks, sizeof(get_banks)), 0);
	count = tpm_read_be(at, 4);
	at += 4;
	EXPECT(count >= 3 && count <= 4);
	for (uint32_t i = 0; i < count; i++, at += 6) {
		uint32_t bank = tpm_read_be(at, 2);

		EXPECT_EQ(at[2], 3);
		EXPECT_EQ(tpm_read_be(at + 3, 3), bank == TPM_ALG_SHA1 ? 0 : 0xffffff);
		banks |= bank == TPM_ALG_SHA1 ? 0 : 1U << (bank & 0xf);
	}
	EXPECT_EQ(banks, 1U << TPM_ALG_SHA256 | 1U << TPM_ALG_SHA384 | 1U << TPM_ALG_SHA512);
	EXPECT_EQ(command(tpm_pcr_read, sizeof(tpm_pcr_read)), 0);
	EXPECT(bytes_are(buffer + tpm_answer_size(buffer) + 4 - 32, 32, 0));
}

/* --- Manifests --- */

static const uint8_t vtpm[] = SVSM_GUID_VTPM;

static struct svsm_regs attest(uint32_t number, uint32_t version)
{
	struct svsm_regs r;

	evidence_prepare(&evidence);
	memcpy(evidence.operation->service_guid, vtpm, sizeof(vtpm));
	evidence.operation->manifest_version = version;
	do {
		r = evidence_registers(&evidence, number);
		call(&r, SVSM_BY_MSR, OUT_SIZES);
	} while (r.rax == SVSM_ERR_BUSY || r.rax == SVSM_ERR_INCOMPLETE);
	return r;
}

static bool is_rsa_key(const uint8_t *body, uint64_t size)
{
	static const uint8_t begins[] = {0, TPM_ALG_RSA, 0, TPM_ALG_SHA256};

	return size == 314 && !memcmp(body, begins, sizeof(begins));
}

/* Twice the same. */
static void bare_manifest(void)
{
	uint8_t first[314];

	for (int i = 0; i < 2; i++) {
		struct svsm_regs r = attest(SVSM_ATTEST_SINGLE_SERVICE, SVSM_VTPM_MANIFEST_BARE);

		EXPECT_EQ(r.rax, SVSM_SUCCESS);
		EXPECT(evidence_holds(&evidence, &r));
		EXPECT(is_rsa_key(evidence.manifest, r.rcx));
		EXPECT(!i || !memcmp(first, evidence.manifest, sizeof(first)));
		memcpy(first, evidence.manifest, sizeof(first));
	}
}

static void own_manifest(void)
{
	static const uint8_t begins[] = {0xa3, 0x62, 'a', 'k'};
	struct svsm_regs r = attest(SVSM_ATTEST_SINGLE_SERVICE, NACRE_VTPM_MANIFEST_VERSION);
	const struct nacre_manifest_header *head = (const void *)evidence.manifest;

	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT(evidence_holds(&evidence, &r));
	EXPECT(!memcmp(head->guid, vtpm, sizeof(vtpm)));
	EXPECT_EQ(head->version, NACRE_VTPM_MANIFEST_VERSION);
	EXPECT(!memcmp(head + 1, begins, sizeof(begins)));
	r = attest(SVSM_ATTEST_SINGLE_SERVICE, NACRE_VTPM_MANIFEST_VERSION + 1);
	EXPECT_EQ(r.rax, SVSM_ERR_INVALID_PARAMETER);
}

static void all_services(void)
{
	struct svsm_regs r = attest(SVSM_ATTEST_SERVICES, 0);
	const struct svsm_services_manifest *head = (const void *)evidence.manifest;
	const struct svsm_services_entry *entry = (const void *)(head + 1);

	EXPECT_EQ(r.rax, SVSM_SUCCESS);
	EXPECT(evidence_holds(&evidence, &r));
	EXPECT_EQ(head->count, 2);
	EXPECT_EQ(head->size, r.rcx);
	EXPECT(!memcmp(entry[1].guid, vtpm, sizeof(vtpm)));
	EXPECT_EQ(entry[1].offset, entry[0].offset + entry[0].size);
	EXPECT_EQ(entry[1].offset + entry[1].size, head->size);
	EXPECT(is_rsa_key(evidence.manifest + entry[1].offset, entry[1].size));
}

static const struct test_case cases[] = {
	{"queries", queries},
	{"what is refused before the TPM hears of it", refusals},
	{"addresses that are no buffer", addresses},
	{"the guest's Startup is the first", starts_up},
	{"random bytes, by both forms of call", random_bytes},
	{"answers anywhere in memory, and what is behind them", ends_of_buffers},
	{"banks of PCRs, and none of SHA-1", banks},
	{"the manifest that other paravisors have", bare_manifest},
	{"the manifest of our own", own_manifest},
	{"the vTPM among all services", all_services},
};

void guest_main(void)
{
	call_init();
	buffer = page_alloc();
	evidence_create(&evidence);
	CHECK_RUN(cases);
}
