/* SPDX-License-Identifier: MIT */
/*
 * Decoding of the operation structure (58019, table 11 and 13): copied once,
 * then the copy decides. Order of the checks: form, what is asked for,
 * addresses.
 */
#include <string.h>

#include "kernel/guest_memory.h"
#include "kernel/page_state.h"
#include "protocols/attest.h"

#define STRUCTURE_ALIGN 8U

/* All memory of the guest's that a call names. */
enum range {
	RANGE_STRUCTURE,
	RANGE_NONCE,
	RANGE_REPORT,
	RANGE_MANIFEST,
	RANGE_CERTIFICATES,
	RANGE_COUNT,
};

static bool reserved_are_zero(const struct svsm_attest_single *raw)
{
	static const uint8_t zero[sizeof(raw->common.reserved_1a)];

	return !raw->common.reserved_c && !raw->common.reserved_2c && !raw->common.reserved_3c &&
	       !raw->reserved_54 && !memcmp(raw->common.reserved_1a, zero, sizeof(zero));
}

/* The address of a buffer of no bytes means nothing. */
static bool is_page_aligned(const struct attest_buffer *buffer)
{
	return !buffer->size || IS_ALIGNED(buffer->address, PAGE_SIZE);
}

/* Neither range runs over the end of addresses: that was checked. */
static bool overlap(const struct attest_buffer *a, const struct attest_buffer *b)
{
	return a->size && b->size && a->address < b->address + b->size &&
	       b->address < a->address + a->size;
}

static bool any_overlap(const struct attest_buffer ranges[RANGE_COUNT])
{
	for (unsigned int i = 0; i < RANGE_COUNT; i++)
		for (unsigned int j = 0; j < i; j++)
			if (overlap(&ranges[i], &ranges[j]))
				return true;
	return false;
}

static bool any_wraps(const struct attest_buffer ranges[RANGE_COUNT])
{
	for (unsigned int i = 0; i < RANGE_COUNT; i++)
		if (ranges[i].address + ranges[i].size < ranges[i].address)
			return true;
	return false;
}

/* All of it is in RAM, and what may be used of it is the guest's own. */
static bool is_usable(const struct attest_buffer *range)
{
	uint32_t used = range->size < ATTEST_OUTPUT_MAX ? range->size : (uint32_t)ATTEST_OUTPUT_MAX;
	struct gpa checked;
	uint8_t *entry;

	return !range->size || (guest_range_check(range->address, range->size, &checked, &entry) &&
				       guest_is_plain(range->address, used));
}

static bool all_usable(const struct attest_buffer ranges[RANGE_COUNT])
{
	for (unsigned int i = 0; i < RANGE_COUNT; i++)
		if (!is_usable(&ranges[i]))
			return false;
	return true;
}

static enum svsm_result find_service(
	const struct svsm_attest_single *raw, struct attest_operation *operation)
{
	const struct service *service = &operation->service;
	uint32_t version = raw->manifest_version;

	if (!service_find(raw->service_guid, &operation->service))
		return SVSM_ERR_UNSUPPORTED_PROTOCOL;
	if (version < service->first_version || version > service->last_version)
		return SVSM_ERR_INVALID_PARAMETER;
	operation->single = true;
	operation->manifest_version = version;
	return SVSM_SUCCESS;
}

static enum svsm_result check_ranges(const struct attest_buffer ranges[RANGE_COUNT])
{
	if (any_wraps(ranges))
		return SVSM_ERR_INVALID_ADDRESS;
	if (any_overlap(ranges))
		return SVSM_ERR_INVALID_PARAMETER;
	return all_usable(ranges) ? SVSM_SUCCESS : SVSM_ERR_INVALID_ADDRESS;
}

static enum svsm_result decode(
	const struct svsm_attest_single *raw, bool single, struct attest_operation *operation)
{
	const struct svsm_attest_services *common = &raw->common;

	*operation = (struct attest_operation){
		.report = {common->report_gpa, common->report_size},
		.manifest = {common->manifest_gpa, common->manifest_size},
		.certificates = {common->certificates_gpa, common->certificates_size},
	};
	if (!reserved_are_zero(raw) || common->nonce_size != SVSM_NONCE_SIZE ||
		!is_page_aligned(&operation->report) || !is_page_aligned(&operation->manifest) ||
		!is_page_aligned(&operation->certificates))
		return SVSM_ERR_INVALID_PARAMETER;
	return single ? find_service(raw, operation) : SVSM_SUCCESS;
}

enum svsm_result attest_decode(uint64_t address, bool single, struct attest_operation *operation)
{
	uint32_t size = single ? sizeof(struct svsm_attest_single)
			       : sizeof(struct svsm_attest_services);
	struct svsm_attest_single raw = {0};
	enum svsm_result result;

	if (!IS_ALIGNED(address, STRUCTURE_ALIGN))
		return SVSM_ERR_INVALID_PARAMETER;
	result = guest_read(&raw, address, size);
	if (!result)
		result = decode(&raw, single, operation);
	if (!result)
		result = check_ranges((const struct attest_buffer[RANGE_COUNT]){
			[RANGE_STRUCTURE] = {address, size},
			[RANGE_NONCE] = {raw.common.nonce_gpa, SVSM_NONCE_SIZE},
			[RANGE_REPORT] = operation->report,
			[RANGE_MANIFEST] = operation->manifest,
			[RANGE_CERTIFICATES] = operation->certificates,
		});
	return result ? result
		      : guest_read(operation->nonce, raw.common.nonce_gpa, SVSM_NONCE_SIZE);
}
