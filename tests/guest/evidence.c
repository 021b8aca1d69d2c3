/* SPDX-License-Identifier: MIT */
/* Calls of the attestation protocol (evidence.h). */
#include "evidence.h"

#include <string.h>

#include "check.h"
#include "memory.h"
#include "sha512.h"

void evidence_create(struct evidence *e)
{
	e->operation = page_alloc();
	e->nonce = page_alloc();
	e->report = page_alloc();
	e->manifest = page_alloc();
	e->certificates = pages_alloc(EVIDENCE_CERTIFICATES_ROOM / PAGE_SIZE);
}

void evidence_prepare(struct evidence *e)
{
	static const uint8_t platform[] = NACRE_GUID_PLATFORM;
	static uint8_t salt;

	*e->operation = (struct svsm_attest_single){
		.common = {.report_gpa = (uint64_t)e->report,
			.report_size = EVIDENCE_ROOM,
			.nonce_gpa = (uint64_t)e->nonce,
			.nonce_size = SVSM_NONCE_SIZE,
			.manifest_gpa = (uint64_t)e->manifest,
			.manifest_size = EVIDENCE_ROOM,
			.certificates_gpa = (uint64_t)e->certificates,
			.certificates_size = EVIDENCE_CERTIFICATES_ROOM},
	};
	memcpy(e->operation->service_guid, platform, sizeof(platform));
	memset(e->nonce, __atomic_add_fetch(&salt, 1, __ATOMIC_RELAXED), SVSM_NONCE_SIZE);
	memset(e->report, EVIDENCE_FILL, EVIDENCE_ROOM);
	memset(e->manifest, EVIDENCE_FILL, EVIDENCE_ROOM);
	memset(e->certificates, EVIDENCE_FILL, EVIDENCE_CERTIFICATES_ROOM);
}

struct svsm_regs evidence_registers(const struct evidence *e, uint32_t call)
{
	return (struct svsm_regs){.rax = svsm_function(SVSM_PROTOCOL_ATTEST, call),
		.rcx = (uint64_t)e->operation,
		.rdx = EVIDENCE_PRESET,
		.r8 = EVIDENCE_PRESET};
}

struct svsm_regs evidence_call(const struct evidence *e, uint32_t call)
{
	struct svsm_regs r = evidence_registers(e, call);

	if (!svsm_call_done(&r, SVSM_BY_MSR))
		check_abort("the paravisor was not run");
	return r;
}

bool evidence_holds(const struct evidence *e, const struct svsm_regs *r)
{
	const struct snp_report *report = (const struct snp_report *)e->report;
	uint8_t digest[SHA512_BYTES];

	if (r->rax != SVSM_SUCCESS || r->r8 != sizeof(*report) || !r->rcx ||
		r->rcx > EVIDENCE_ROOM || r->rdx > EVIDENCE_CERTIFICATES_ROOM)
		return false;
	sha512_of_two(e->nonce, SVSM_NONCE_SIZE, e->manifest, r->rcx, digest);
	return report->vmpl == 0 && !memcmp(report->report_data, digest, sizeof(digest)) &&
	       bytes_are(e->report + r->r8, EVIDENCE_ROOM - r->r8, EVIDENCE_FILL) &&
	       bytes_are(e->manifest + r->rcx, EVIDENCE_ROOM - r->rcx, EVIDENCE_FILL);
}

bool evidence_is_untouched(const struct evidence *e)
{
	return bytes_are(e->report, EVIDENCE_ROOM, EVIDENCE_FILL) &&
	       bytes_are(e->manifest, EVIDENCE_ROOM, EVIDENCE_FILL) &&
	       bytes_are(e->certificates, EVIDENCE_CERTIFICATES_ROOM, EVIDENCE_FILL);
}

bool bytes_are(const uint8_t *bytes, size_t size, uint8_t value)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != value)
			return false;
	return true;
}
