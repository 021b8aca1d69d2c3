/* SPDX-License-Identifier: MIT */
/*
 * The attestation protocol as it is to serve: reports over nonce and manifest for
 * all services and for one, certificates, and sizes by two calls. What it is to
 * refuse stands in attest_refused.c.
 */
#include <string.h>

#include "call.h"
#include "cpu.h"
#include "evidence.h"
#include "guest.h"
#include "memory.h"
#include "vmpl.h"

#define OUT_SIZES (OUT_RCX | OUT_RDX | OUT_R8)
#define ROUNDS 8U

static struct evidence evidence[GUEST_MAX_CPUS];

static struct evidence *mine(void)
{
	return &evidence[cpu_self()->index];
}

/* One call with all registers watched, repeated while BUSY. */
static struct svsm_regs attest(uint32_t number, enum svsm_form form)
{
	struct svsm_regs r;

	do {
		r = evidence_registers(mine(), number);
		call(&r, form, OUT_SIZES);
	} while (r.rax == SVSM_ERR_BUSY);
	return r;
}

static struct svsm_regs prepared(uint32_t number, enum svsm_form form)
{
	evidence_prepare(mine());
	return attest(number, form);
}

static void expect_served(const struct svsm_regs *r)
{
	EXPECT_EQ(r->rax, SVSM_SUCCESS);
	EXPECT(evidence_holds(mine(), r));
}

/* --- Manifests --- */

static const uint8_t platform[] = NACRE_GUID_PLATFORM;

static void expect_platform(const uint8_t *manifest, uint64_t size)
{
	const struct nacre_manifest_header *header = (const struct nacre_manifest_header *)manifest;
	static const uint8_t begins[] = {0xa3, 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n'};

	EXPECT(size > sizeof(*header) + sizeof(begins));
	EXPECT(!memcmp(header->guid, platform, sizeof(platform)));
	EXPECT_EQ(header->version, 0);
	EXPECT(!memcmp(manifest + sizeof(*header), begins, sizeof(begins)));
}

static void one_service(void)
{
	for (enum svsm_form form = SVSM_BY_MSR; form <= SVSM_BY_NAE; form++) {
		struct svsm_regs r = prepared(SVSM_ATTEST_SINGLE_SERVICE, form);

		expect_served(&r);
		expect_platform(mine()->manifest, r.rcx);
	}
}

static void all_services(void)
{
	static const uint8_t guid[] = SVSM_GUID_SERVICES_MANIFEST;
	struct svsm_regs r = prepared(SVSM_ATTEST_SERVICES, SVSM_BY_MSR);
	const struct svsm_services_manifest *head =
		(const struct svsm_services_manifest *)mine()->manifest;
	const struct svsm_services_entry *entry = (const struct svsm_services_entry *)(head + 1);

	expect_served(&r);
	EXPECT(!memcmp(head->guid, guid, sizeof(guid)));
	EXPECT_EQ(head->size, r.rcx);
	EXPECT_EQ(head->count, 1);
	EXPECT(!memcmp(entry->guid, platform, sizeof(platform)));
	EXPECT_EQ(entry->offset + entry->size, head->size);
	expect_platform(mine()->manifest + entry->offset, entry->size);
}

/* The paravisor's digest is the launch's, whatever kernel it boots. */
static void report_fields(void)
{
	const struct snp_report *report = (const struct snp_report *)mine()->report;
	struct svsm_regs r = prepared(SVSM_ATTEST_SERVICES, SVSM_BY_MSR);

	expect_served(&r);
	EXPECT_EQ(report->version, 5);
	EXPECT_EQ(report->vmpl, 0);
	EXPECT_EQ(report->signature_algorithm, SNP_REPORT_ECDSA_P384_SHA384);
	EXPECT(!bytes_are(report->measurement, sizeof(report->measurement), 0));
	EXPECT(!bytes_are(report->signature.r, sizeof(report->signature.r), 0));
}

/* --- Where things may stand --- */

static void linuxs_places(void)
{
	struct evidence *e = mine();
	struct svsm_attest_single *own = e->operation;
	uint8_t *nonce = e->nonce;
	struct svsm_regs r;

	evidence_prepare(e);
	e->operation = (void *)((uint8_t *)cpu_self()->ca + SVSM_CA_BUFFER_OFFSET);
	e->nonce = (uint8_t *)pages_alloc(2) + PAGE_SIZE - 11;
	evidence_prepare(e);
	r = attest(SVSM_ATTEST_SINGLE_SERVICE, SVSM_BY_MSR);
	expect_served(&r);
	e->operation = own;
	e->nonce = nonce;
}

static void no_certificates_wanted(void)
{
	struct svsm_regs r;

	evidence_prepare(mine());
	mine()->operation->common.certificates_size = 0;
	mine()->operation->common.certificates_gpa = 0x123;
	r = attest(SVSM_ATTEST_SERVICES, SVSM_BY_MSR);
	expect_served(&r);
	EXPECT_EQ(r.rdx, 0);
	EXPECT(bytes_are(mine()->certificates, EVIDENCE_CERTIFICATES_ROOM, EVIDENCE_FILL));
}

/* With the machine's TEST chain, whose table begins with the chip's own certificate. */
static void certificates(void)
{
	static const uint8_t vcek[] = SNP_CERT_GUID_VCEK;
	struct svsm_regs r = prepared(SVSM_ATTEST_SERVICES, SVSM_BY_MSR);
	const uint8_t *table = mine()->certificates;
	uint8_t last;

	expect_served(&r);
	if (guest_has_word("no-certificates")) {
		EXPECT_EQ(r.rdx, 0);
		EXPECT(bytes_are(table, EVIDENCE_CERTIFICATES_ROOM, EVIDENCE_FILL));
		return;
	}
	if (!EXPECT(r.rdx > 4 * sizeof(struct snp_cert_entry)))
		return;
	EXPECT(!memcmp(table, vcek, sizeof(vcek)));
	last = table[r.rdx - 1];
	EXPECT(last != EVIDENCE_FILL || table[r.rdx - 2] != EVIDENCE_FILL);
	EXPECT(bytes_are(table + r.rdx, EVIDENCE_CERTIFICATES_ROOM - r.rdx, EVIDENCE_FILL));
}

/* --- Sizes --- */

static struct svsm_regs with_sizes(uint64_t manifest, uint64_t certificates_room, uint64_t report)
{
	struct svsm_attest_services *common = &mine()->operation->common;

	evidence_prepare(mine());
	common->manifest_size = (uint32_t)manifest;
	common->certificates_size = (uint32_t)certificates_room;
	common->report_size = (uint32_t)report;
	return attest(SVSM_ATTEST_SERVICES, SVSM_BY_MSR);
}

static void expect_sizes(struct svsm_regs r, const struct svsm_regs *needed)
{
	EXPECT_EQ(r.rax, SVSM_ERR_INVALID_PARAMETER);
	EXPECT_EQ(r.rcx, needed->rcx);
	EXPECT_EQ(r.rdx, needed->rdx);
	EXPECT_EQ(r.r8, needed->r8);
	EXPECT(evidence_is_untouched(mine()));
}

static void sizes(void)
{
	struct svsm_regs r = prepared(SVSM_ATTEST_SERVICES, SVSM_BY_MSR), needed = r;

	expect_sizes(with_sizes(needed.rcx - 1, EVIDENCE_CERTIFICATES_ROOM, PAGE_SIZE), &needed);
	expect_sizes(with_sizes(0, EVIDENCE_CERTIFICATES_ROOM, PAGE_SIZE), &needed);
	expect_sizes(with_sizes(PAGE_SIZE, EVIDENCE_CERTIFICATES_ROOM, needed.r8 - 1), &needed);
	if (needed.rdx > 1)
		expect_sizes(with_sizes(PAGE_SIZE, needed.rdx - 1, PAGE_SIZE), &needed);
	r = with_sizes(needed.rcx, needed.rdx, needed.r8);
	expect_served(&r);
	needed.rdx = 0;
	expect_sizes(with_sizes(0, 0, 0), &needed);
}

/* --- Many --- */

static void many(void)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct svsm_regs r = prepared(i % 2, SVSM_BY_NAE);

		expect_served(&r);
	}
}

static void other_cpu(void *arg)
{
	call_init();
	many();
	(void)arg;
}

/* Each gets the report that it has asked for. */
static void all_at_once(void)
{
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_start(i, other_cpu, NULL));
	many();
	for (uint32_t i = 1; i < guest.cpu_count; i++)
		EXPECT(smp_join(i));
}

static const struct test_case alone[] = {
	{"one service", one_service},
	{"all services", all_services},
	{"fields of the report", report_fields},
	{"structure in the calling area, nonce over a page's end", linuxs_places},
	{"no certificates wanted", no_certificates_wanted},
	{"certificates", certificates},
	{"sizes", sizes},
	{"many reports", many},
};

static const struct test_case together[] = {
	{"all vCPUs at once", all_at_once},
};

void guest_main(void)
{
	call_init();
	for (uint32_t i = 0; i < guest.cpu_count; i++)
		evidence_create(&evidence[i]);
	RUN_CASES(alone, together);
}
