/* SPDX-License-Identifier: MIT */
/*
 * Forms and reserved parts of attestation reports.
 */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct report_bit report_policy_bits[] = {
	{16, "smt", "simultaneous multithreading is allowed"},
	{18, "migration_agent", "a migration agent may be associated"},
	{19, "debug", "the host may debug (read and write) the guest"},
	{20, "single_socket", "only one socket may be used"},
	{21, "cxl", "CXL memory and devices are allowed"},
	{22, "aes_256_xts", "memory must be encrypted with AES-256-XTS"},
	{23, "rapl_disabled", "RAPL must be disabled"},
	{24, "ciphertext_hiding", "ciphertext must be hidden from the host"},
	{25, "page_swap_disabled", "page move, swap and copy commands are disabled"},
};
const size_t report_policy_bit_count = ARRAY_SIZE(report_policy_bits);

const struct report_bit report_platform_bits[] = {
	{0, "smt", "simultaneous multithreading is on"},
	{1, "tsme", "transparent SME is on"},
	{2, "ecc", "memory has ECC"},
	{3, "rapl_disabled", "RAPL is disabled"},
	{4, "ciphertext_hiding", "ciphertext is hidden from the host"},
	{5, "alias_check", "aliases of memory were looked for since reset"},
	{7, "tio", "SEV-TIO is on"},
};
const size_t report_platform_bit_count = ARRAY_SIZE(report_platform_bits);

struct range {
	uint16_t offset, size;
	uint8_t first, last; /* report versions in which it is reserved */
};

/* Firmware ABI, table 23; and the halves of the signature that P-384 leaves over. */
static const struct range reserved[] = {
	{0x04c, 4, 2, 5},
	{0x188, 24, 2, 2},
	{0x18b, 21, 3, 5},
	{0x1eb, 1, 2, 5},
	{0x1ef, 1, 2, 5},
	{0x1f8, 16, 2, 4},
	{0x208, 152, 2, 5},
	{0x2a0 + 48, 24, 2, 5},
	{0x2a0 + 72 + 48, 24, 2, 5},
	{0x2a0 + 144, 368, 2, 5},
};

bool all_bytes(const void *bytes, size_t size, uint8_t value)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < size; i++) {
		if (at[i] != value)
			return false;
	}
	return true;
}

static bool check_response(const struct blob *blob, struct tool_error *error)
{
	const size_t end = sizeof(struct snp_report_rsp);
	struct snp_report_rsp response;

	memcpy(&response, blob->bytes, sizeof(response));
	if (response.status != SNP_MSG_SUCCESS)
		return fail_at(error, 0,
			"the secure processor answered with status 0x%" PRIx32 ", no report",
			response.status);
	if (response.report_size != sizeof(struct snp_report))
		return fail_at(error, 4, "the report's size is 0x%" PRIx32 ", not 0x%zx",
			response.report_size, sizeof(struct snp_report));
	if (!all_bytes(response.reserved_8, sizeof(response.reserved_8), 0))
		return fail_at(error, 8, "reserved bytes of the response are not zero");
	if (!all_bytes(blob->bytes + end, blob->size - end, 0))
		return fail_at(error, end, "bytes behind the report are not zero");
	return true;
}

bool report_read(const struct blob *blob, struct snp_report *report, enum report_form *form,
	struct tool_error *error)
{
	const size_t raw = sizeof(*report), response = sizeof(struct snp_report_rsp);

	if (blob->size == raw) {
		*form = REPORT_RAW;
		memcpy(report, blob->bytes, raw);
		return true;
	}
	if (blob->size != response && blob->size != SNP_MSG_PAYLOAD_MAX)
		return fail_at(error, blob->size,
			"%zu bytes; a report has %zu, a response with one %zu or %u", blob->size,
			raw, response, SNP_MSG_PAYLOAD_MAX);
	if (!check_response(blob, error))
		return false;
	*form = REPORT_RESPONSE;
	memcpy(report, blob->bytes + offsetof(struct snp_report_rsp, report), raw);
	return true;
}

static bool check_ranges(const struct snp_report *report, struct tool_error *error)
{
	const uint8_t *bytes = (const uint8_t *)report;

	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
		const struct range *range = &reserved[i];

		if (report->version < range->first || report->version > range->last)
			continue;
		for (size_t at = range->offset; at < (size_t)range->offset + range->size; at++) {
			if (bytes[at])
				return fail_at(error, at,
					"reserved byte is 0x%02x in version %" PRIu32, bytes[at],
					report->version);
		}
	}
	return true;
}

static uint64_t known_bits(const struct report_bit *bits, size_t count)
{
	uint64_t known = 0;

	for (size_t i = 0; i < count; i++)
		known |= BIT(bits[i].bit);
	return known;
}

static bool check_bits(const struct snp_report *report, struct tool_error *error)
{
	const uint64_t policy = known_bits(report_policy_bits, report_policy_bit_count) |
				REPORT_POLICY_RESERVED_1 | 0xffff;
	const uint64_t platform = known_bits(report_platform_bits, report_platform_bit_count);

	if (report->policy & ~policy)
		return fail_at(error, offsetof(struct snp_report, policy),
			"reserved bits 0x%" PRIx64 " of the guest policy are set",
			report->policy & ~policy);
	if (!(report->policy & REPORT_POLICY_RESERVED_1))
		return fail_at(error, offsetof(struct snp_report, policy),
			"bit 17 of the guest policy is clear, which no firmware allows");
	if (report->platform_info & ~platform)
		return fail_at(error, offsetof(struct snp_report, platform_info),
			"reserved bits 0x%" PRIx64 " of the platform information are set",
			report->platform_info & ~platform);
	if (report->key_info >> 5)
		return fail_at(error, offsetof(struct snp_report, key_info),
			"reserved bits of the key information (0x%" PRIx32 ") are set",
			report->key_info);
	return true;
}

static bool check_tcb(
	const struct snp_report *report, const struct tcb_layout *layout, struct tool_error *error)
{
	static const uint16_t offsets[] = {offsetof(struct snp_report, current_tcb),
		offsetof(struct snp_report, reported_tcb),
		offsetof(struct snp_report, committed_tcb),
		offsetof(struct snp_report, launch_tcb)};
	uint64_t tcb;

	for (size_t i = 0; layout && i < ARRAY_SIZE(offsets); i++) {
		memcpy(&tcb, (const uint8_t *)report + offsets[i], sizeof(tcb));
		if (tcb_reserved_bits(tcb, layout))
			return fail_at(error, offsets[i],
				"reserved bytes of a TCB version (0x%016" PRIx64 ") are not zero",
				tcb);
	}
	return true;
}

bool report_reserved(
	const struct snp_report *report, const struct tcb_layout *layout, struct tool_error *error)
{
	return check_ranges(report, error) && check_bits(report, error) &&
	       check_tcb(report, layout, error);
}

enum snp_report_signer report_signer(const struct snp_report *report)
{
	return report->key_info >> SNP_REPORT_KEY_SIGNER_SHIFT & SNP_REPORT_KEY_SIGNER_MASK;
}

const char *report_signer_name(enum snp_report_signer signer)
{
	switch (signer) {
	case SNP_SIGNER_VCEK:
		return "VCEK";
	case SNP_SIGNER_VLEK:
		return "VLEK";
	case SNP_SIGNER_NONE:
		return "none";
	default:
		return "reserved value";
	}
}

enum product_line report_product(const struct snp_report *report)
{
	if (report->version < REPORT_VERSION_CPUID)
		return PRODUCT_UNKNOWN;
	return product_of_cpuid(report->cpuid_family, report->cpuid_model);
}
