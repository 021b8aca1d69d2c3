/* SPDX-License-Identifier: MIT */
/*
 * The attestation protocol: a report that the paravisor, at its own level, has
 * over the caller's nonce and the manifest of its services. Report data is formed
 * here and nowhere else. The work area is one for all CPUs: who finds it taken
 * answers BUSY, so that nobody waits for another CPU's message.
 */
#include <string.h>

#include "kernel/guest_memory.h"
#include "kernel/spinlock.h"
#include "lib/sha512.h"
#include "protocols/attest.h"
#include "protocols/protocol.h"

#define MANIFEST_MAX PAGE_SIZE
static_assert(MANIFEST_MAX <= ATTEST_OUTPUT_MAX && PLATFORM_REPORT_MAX <= ATTEST_OUTPUT_MAX &&
		      PLATFORM_CERTIFICATES_MAX <= ATTEST_OUTPUT_MAX,
	"attest_decode() has looked at all pages that are written");
static_assert(SHA512_SIZE == PLATFORM_REPORT_DATA_SIZE, "report data is a SHA-512");

/* What the outputs take. */
struct sizes {
	uint32_t manifest, certificates, report;
};

static struct spinlock work_lock;
static struct attest_operation operation;
static uint8_t manifest[MANIFEST_MAX];
static struct platform_evidence evidence;

static void output_sizes(struct svsm_call *call, const struct sizes *sizes)
{
	call->rcx = sizes->manifest;
	call->rdx = sizes->certificates;
	call->r8 = sizes->report;
	call->outputs = CALL_OUT_RCX | CALL_OUT_RDX | CALL_OUT_R8;
}

static bool fits(const struct sizes *sizes)
{
	return sizes->manifest <= operation.manifest.size &&
	       sizes->certificates <= operation.certificates.size &&
	       sizes->report <= operation.report.size;
}

static uint32_t result_of(enum attest_result result)
{
	switch (result) {
	case ATTEST_OK:
		return SVSM_SUCCESS;
	case ATTEST_BUSY:
		return SVSM_ERR_BUSY;
	case ATTEST_THROTTLED:
		return SVSM_ERR_ATTEST_THROTTLED;
	case ATTEST_REFUSED:
		return SVSM_ERR_ATTEST_REFUSED;
	default:
		return SVSM_ERR_ATTEST_CLOSED;
	}
}

/* SHA-512(nonce || manifest). */
static uint32_t get_report(uint32_t manifest_size)
{
	uint8_t data[SHA512_SIZE];
	struct sha512_ctx hash;

	sha512_init(&hash);
	sha512_update(&hash, operation.nonce, sizeof(operation.nonce));
	sha512_update(&hash, manifest, manifest_size);
	sha512_finish(&hash, data);
	return result_of(platform_attest_report(data, operation.certificates.size != 0, &evidence));
}

/*
 * Certificates that the host has no room for here are named as long as the
 * caller's buffer is smaller still; then there are none.
 */
static uint32_t certificates_size(void)
{
	if (evidence.certificates_wanted > operation.certificates.size)
		return evidence.certificates_wanted;
	return evidence.certificates_size;
}

static enum svsm_result put(const struct attest_buffer *buffer, const void *data, uint32_t size)
{
	return size ? guest_write(buffer->address, data, size) : SVSM_SUCCESS;
}

static enum svsm_result write_outputs(const struct sizes *sizes)
{
	enum svsm_result result = put(
		&operation.certificates, evidence.certificates, sizes->certificates);

	if (!result)
		result = put(&operation.manifest, manifest, sizes->manifest);
	if (!result)
		result = put(&operation.report, evidence.report, sizes->report);
	return result;
}

/* With an operation decoded. */
static uint32_t perform(struct svsm_call *call)
{
	struct sizes sizes = {.report = platform_facts()->report_size};
	uint32_t result = attest_manifest(
		call, &operation, manifest, sizeof(manifest), &sizes.manifest);

	if (result)
		return result;
	if (operation.certificates.size || fits(&sizes)) {
		result = get_report(sizes.manifest);
		if (result)
			return result;
		sizes.certificates = certificates_size();
	}
	if (!fits(&sizes)) {
		output_sizes(call, &sizes);
		return SVSM_ERR_INVALID_PARAMETER;
	}
	result = write_outputs(&sizes);
	if (!result)
		output_sizes(call, &sizes);
	return result;
}

uint32_t attest_call(uint32_t number, struct svsm_call *call)
{
	uint32_t result;

	if (number != SVSM_ATTEST_SERVICES && number != SVSM_ATTEST_SINGLE_SERVICE)
		return SVSM_ERR_UNSUPPORTED_CALL;
	if (!spin_trylock(&work_lock))
		return SVSM_ERR_BUSY;
	result = attest_decode(call->rcx, number == SVSM_ATTEST_SINGLE_SERVICE, &operation);
	if (!result)
		result = perform(call);
	spin_unlock(&work_lock);
	return result;
}
