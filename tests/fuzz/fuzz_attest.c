/* SPDX-License-Identifier: MIT */
/*
 * Calls of the attestation protocol on the fake platform of the unit tests:
 * whatever the operation structure says, results and output registers are those
 * that the protocol has, no lock stays behind, and no byte of the guest's changes
 * but in the buffers of a call that succeeded, of anybody else's none at all.
 */
#include "tests/fuzz/fuzz.h"

#include "fake_attest.h"
#include "fake_platform.h"
#include "fake_services.h"
#include "protocols/protocol.h"
#include "tpm2.h"

#define BASE 0x800000UL /* pages of every kind, by layout() */
#define PAGES 48U
#define FILL 0x5a

static const uint64_t bases[] = {BASE, BASE, BASE, BASE, FAKE_OWN_BASE, FAKE_RAM_BASE,
	FAKE_RAM_END - 4 * PAGE_SIZE, FAKE_RAM2_BASE, 0, 0xfffffffffffff000};

/* A service in ring 3 that gives what the input says for its manifest. */
static struct service_slot slot;
static uint8_t payload[SERVICE_PAYLOAD_MAX], manifest_seed;
static const uint8_t vtpm[] = SVSM_GUID_VTPM;

static uint32_t give_manifest(struct service_slot *service, uint32_t kind, uint32_t number)
{
	FUZZ_CHECK(kind == SERVICE_REQUEST_MANIFEST);
	memset(payload, manifest_seed, sizeof(payload));
	payload[0] = 0;
	payload[1] = manifest_seed & 1 ? TPM_ALG_RSA : TPM_ALG_ECC;
	service->reply_size = manifest_seed * 17U + number;
	return manifest_seed == 0xee ? SVSM_ERR_UNSUPPORTED_CALL : SVSM_SUCCESS;
}

static void prepare_service(uint8_t seed)
{
	slot = (struct service_slot){.payload = payload,
		.announced = true,
		.announcement = {.last_manifest = NACRE_VTPM_MANIFEST_VERSION}};
	memcpy(slot.announcement.guid, vtpm, sizeof(vtpm));
	manifest_seed = seed;
	fake_service = seed ? &slot : NULL;
	fake_service_serve = give_manifest;
	fake_service_pauses = seed % 8 == 7;
}

static uint8_t layout(unsigned int page)
{
	static const uint8_t odd[] = {PAGE_STATE_OWN, PAGE_STATE_INVALID, PAGE_STATE_VCPU,
		PAGE_STATE_LOST, PAGE_STATE_GUEST | PAGE_STATE_CALLING_AREA};

	return page % 8 == 7 ? odd[page / 8 % ARRAY_SIZE(odd)] : PAGE_STATE_GUEST;
}

static void prepare(void)
{
	static bool done;

	if (!done)
		fake_reset();
	done = true;
	for (unsigned int i = 0; i < PAGES; i++) {
		fake_page(BASE + i * PAGE_SIZE)->validated = true;
		fake_page(BASE + i * PAGE_SIZE)->taken = i == 13;
		page_state_fill(BASE + i * PAGE_SIZE, PAGE_SIZE, layout(i));
	}
	memset(fake_memory(BASE), FILL, PAGES * PAGE_SIZE);
}

/* An address near what is interesting; or any. */
static uint64_t take_address(struct fuzz_input *input, uint64_t align)
{
	uint8_t code[4];
	uint64_t raw;

	fuzz_take(input, code, sizeof(code));
	if (code[0] < 0xf0)
		return bases[code[1] % ARRAY_SIZE(bases)] + code[2] % PAGES * PAGE_SIZE +
		       code[3] % 16 * align;
	fuzz_take(input, &raw, sizeof(raw));
	return raw;
}

static uint32_t take_size(struct fuzz_input *input)
{
	uint8_t code[2];
	uint32_t raw;

	fuzz_take(input, code, sizeof(code));
	if (code[0] < 0xe0)
		return code[0] % 6 * (uint32_t)PAGE_SIZE + (code[1] & 0x80 ? code[1] : 0);
	fuzz_take(input, &raw, sizeof(raw));
	return raw;
}

static struct svsm_attest_single take_operation(struct fuzz_input *input)
{
	static const uint8_t platform[] = NACRE_GUID_PLATFORM;
	struct svsm_attest_single op = {.common = {.nonce_size = SVSM_NONCE_SIZE}};
	uint8_t change[3];

	op.common.report_gpa = take_address(input, PAGE_SIZE);
	op.common.report_size = take_size(input);
	op.common.manifest_gpa = take_address(input, PAGE_SIZE);
	op.common.manifest_size = take_size(input);
	op.common.certificates_gpa = take_address(input, PAGE_SIZE);
	op.common.certificates_size = take_size(input);
	op.common.nonce_gpa = take_address(input, 0xff);
	memcpy(op.service_guid, platform, sizeof(platform));
	fuzz_take(input, change, sizeof(change));
	if (change[2] & 1)
		memcpy(op.service_guid, vtpm, sizeof(vtpm));
	op.manifest_version = change[2] >> 1 & 1;
	if (change[0] < 0x30)
		((uint8_t *)&op)[change[1] % sizeof(op)] = change[2];
	return op;
}

static void check_result(const struct svsm_call *call, uint32_t result)
{
	const unsigned int sizes = CALL_OUT_RCX | CALL_OUT_RDX | CALL_OUT_R8;

	FUZZ_CHECK(result == SVSM_SUCCESS || result == SVSM_ERR_UNSUPPORTED_PROTOCOL ||
		   result == SVSM_ERR_INVALID_ADDRESS || result == SVSM_ERR_INVALID_PARAMETER ||
		   result == SVSM_ERR_UNSUPPORTED_CALL || result == SVSM_ERR_INCOMPLETE ||
		   result == SVSM_ERR_INVALID_REQUEST);
	FUZZ_CHECK(call->outputs == 0 || call->outputs == sizes);
	FUZZ_CHECK(result != SVSM_SUCCESS || call->outputs == sizes);
}

static bool is_in(uint64_t at, uint64_t base, uint64_t size)
{
	return at >= base && at - base < size;
}

/* Whether a call that ended so may have written the byte at @at. */
static bool may_have_changed(
	const struct svsm_attest_single *op, const struct svsm_call *call, uint64_t at)
{
	return is_in(at, op->common.report_gpa, call->r8) ||
	       is_in(at, op->common.manifest_gpa, call->rcx) ||
	       is_in(at, op->common.certificates_gpa, call->rdx);
}

/* A page that the host took stops a call half-way: what was written before stays. */
static void check_bytes(const struct svsm_attest_single *op, const struct svsm_call *call,
	uint32_t result, uint64_t page, uint64_t place)
{
	for (uint64_t at = page; at < page + PAGE_SIZE; at++) {
		if (*fake_memory(at) == FILL || is_in(at, place, sizeof(*op)))
			continue;
		FUZZ_CHECK(result == SVSM_SUCCESS || result == SVSM_ERR_INVALID_ADDRESS);
		FUZZ_CHECK(result != SVSM_SUCCESS || may_have_changed(op, call, at));
	}
}

static void check_memory(const struct svsm_attest_single *op, const struct svsm_call *call,
	uint32_t result, uint64_t place)
{
	static uint8_t untouched[PAGE_SIZE];

	memset(untouched, FILL, sizeof(untouched));
	for (unsigned int i = 0; i < PAGES; i++) {
		uint64_t page = BASE + i * PAGE_SIZE;

		FUZZ_CHECK(fake_state(page) == layout(i));
		if (memcmp(fake_memory(page), untouched, PAGE_SIZE) != 0)
			check_bytes(op, call, result, page, place);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	struct svsm_attest_single op;
	struct svsm_call call = {0};
	uint8_t header[5];
	uint32_t result;
	uint64_t place;

	prepare();
	fuzz_take(&input, header, sizeof(header));
	prepare_service(header[4]);
	op = take_operation(&input);
	place = BASE + header[0] % PAGES * PAGE_SIZE + header[1] * 8;
	memcpy(fake_memory(place), &op, sizeof(op));
	fake_certificates = header[2] * 64U;
	fake_certificates_wanted = header[2] == 0xff ? 5 * (uint32_t)PAGE_SIZE : 0;
	call.rcx = place + (header[3] > 0xf0 ? header[3] % 8 : 0);
	result = attest_call(header[3] % 3, &call);
	check_result(&call, result);
	check_memory(&op, &call, result, place);
	FUZZ_CHECK(!slot.busy);
	return 0;
}
